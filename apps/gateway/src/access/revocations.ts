import { Inject, Injectable } from '@nestjs/common';
import { compileSchema, listRevocations, SessionRevokedV1, UserAccessChangedV1 } from '#contracts';
import type { Clock } from '#kernel';
import { BUS, type Bus, type BusMessage, RpcClient, type Unsubscribe } from '#messaging';
import { CLOCK, Logger } from '#platform';

interface UserMark {
  blocked: boolean;
  validFromMs: number;
}
interface Heard<T> {
  mark: T;
  /** Monotonic; a list asked before this moment may not know of it yet. */
  heardAt: number;
}

export type RevocationListener = (revoked: { sessionId: string } | { userId: string }) => void;

const POLL_MS = 30_000;
const sessionRevoked = compileSchema(SessionRevokedV1.data);
const accessChanged = compileSchema(UserAccessChangedV1.data);

/**
 * What is refused although its signature is right. Events carry it here within a second; the list, asked at start,
 * after every reconnect and each half minute, is the safety net for an event missed in between.
 */
@Injectable()
export class Revocations {
  private sessions = new Map<string, Heard<true>>();
  private users = new Map<string, Heard<UserMark>>();
  private loaded: Promise<void> | undefined;
  private complete = false;
  private timer: NodeJS.Timeout | undefined;
  private subscriptions: Unsubscribe[] = [];
  private readonly listeners = new Set<RevocationListener>();

  constructor(
    private readonly rpc: RpcClient,
    @Inject(BUS) private readonly bus: Pick<Bus, 'subscribe' | 'onConnected'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.subscriptions = await Promise.all([
      this.bus.subscribe(SessionRevokedV1.subject, (message) => this.hearSession(message)),
      this.bus.subscribe(UserAccessChangedV1.subject, (message) => this.hearUser(message)),
    ]);
    this.bus.onConnected(() => this.poll());
    this.timer = setInterval(() => this.poll(), POLL_MS);
    this.timer.unref();
    this.poll();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.subscriptions.map((unsubscribe) => unsubscribe()));
  }

  /** True once the list was had at least once: before, no token can be trusted. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** Waits for the first list; rejects while identity cannot be asked. */
  async whenComplete(): Promise<void> {
    if (!this.complete) await this.load();
  }

  isRevoked(token: { sub: string; sid: string; iat: number }): boolean {
    if (this.sessions.has(token.sid)) return true;
    const user = this.users.get(token.sub)?.mark;
    return user !== undefined && (user.blocked || token.iat * 1000 < user.validFromMs);
  }

  /** Open sockets close with their session. */
  onRevoked(listener: RevocationListener): void {
    this.listeners.add(listener);
  }

  private poll(): void {
    this.load().catch((error: unknown) => {
      this.logger.warn('the list of revocations could not be asked; events still arrive', {}, error);
    });
  }

  private load(): Promise<void> {
    this.loaded ??= this.ask().finally(() => {
      this.loaded = undefined;
    });
    return this.loaded;
  }

  private async ask(): Promise<void> {
    const askedAt = this.clock.monotonicMs();
    const list = await this.rpc.call(listRevocations, {}, { timeoutMs: 5_000 });
    const sessions = new Map<string, Heard<true>>();
    for (const { session_id } of list.sessions) sessions.set(session_id, { mark: true, heardAt: askedAt });
    const users = new Map<string, Heard<UserMark>>();
    for (const user of list.users) {
      const mark = { blocked: user.blocked, validFromMs: Date.parse(user.valid_from) };
      users.set(user.user_id, { mark, heardAt: askedAt });
    }
    keepNewer(this.sessions, sessions, askedAt);
    keepNewer(this.users, users, askedAt);
    const before = { sessions: this.sessions, users: this.users };
    this.sessions = sessions;
    this.users = users;
    this.complete = true;
    for (const sessionId of sessions.keys()) if (!before.sessions.has(sessionId)) this.tell({ sessionId });
    for (const [userId, { mark }] of users) {
      const old = before.users.get(userId)?.mark;
      if (old?.blocked !== mark.blocked || old.validFromMs !== mark.validFromMs) this.tell({ userId });
    }
  }

  private hearSession(message: BusMessage): void {
    const data = this.dataOf(message);
    if (!sessionRevoked.check(data)) return this.refuse(message);
    this.sessions.set(data.session_id, { mark: true, heardAt: this.clock.monotonicMs() });
    this.tell({ sessionId: data.session_id });
  }

  private hearUser(message: BusMessage): void {
    const data = this.dataOf(message);
    if (!accessChanged.check(data)) return this.refuse(message);
    const mark = { blocked: data.blocked, validFromMs: Date.parse(data.valid_from) };
    this.users.set(data.user_id, { mark, heardAt: this.clock.monotonicMs() });
    this.tell({ userId: data.user_id });
  }

  private dataOf(message: BusMessage): unknown {
    try {
      const envelope: unknown = JSON.parse(Buffer.from(message.payload).toString('utf8'));
      return typeof envelope === 'object' && envelope !== null ? Reflect.get(envelope, 'data') : undefined;
    } catch {
      // `refuse` logs it and asks for the whole list.
      return undefined;
    }
  }

  /** An event this version cannot read may have been a revocation: the list tells. */
  private refuse(message: BusMessage): void {
    this.logger.error('an access event could not be read', undefined, { subject: message.subject });
    this.poll();
  }

  private tell(revoked: { sessionId: string } | { userId: string }): void {
    for (const listener of this.listeners) listener(revoked);
  }
}

/** Events heard while the list was on its way are newer than the list. */
function keepNewer<T>(from: ReadonlyMap<string, Heard<T>>, into: Map<string, Heard<T>>, askedAt: number): void {
  for (const [id, entry] of from) if (entry.heardAt >= askedAt) into.set(id, entry);
}
