import { Inject, Injectable } from '@nestjs/common';
import {
  ApiKeyRevokedV1,
  type Caller,
  compileSchema,
  type Static,
  UserAccessChangedV1,
  verifyApiKey,
} from '#contracts';
import type { Clock } from '#kernel';
import { BUS, type Bus, type BusMessage, RpcClient, type Unsubscribe } from '#messaging';
import { CLOCK, Logger, readApiKey } from '#platform';
import { LRUCache } from 'lru-cache';

/** Who a key belongs to. The caller it answers has at least one scope: without any it would look like a session. */
@Injectable()
export abstract class ApiKeys {
  abstract verify(key: string): Promise<Caller | undefined>;
}

interface Known {
  /** Undefined: identity does not know the key. */
  caller: Caller | undefined;
  keyId: string | undefined;
  expiresAtMs: number;
  /** Monotonic; identity is asked again after it. */
  freshUntil: number;
}

/** How long a revocation could go unheard, should its event be lost on the way. */
const FRESH_MS = 30_000;
/** A key that is made later cannot be one somebody tried before: there are 2^256. */
const UNKNOWN_FRESH_MS = 10_000;
const MAX_KNOWN = 20_000;

const keyRevoked = compileSchema(ApiKeyRevokedV1.data);
const accessChanged = compileSchema(UserAccessChangedV1.data);

/**
 * Keys as identity knows them, remembered for half a minute. Revoked keys and changed or blocked accounts are forgotten
 * when their event comes, within a second. What is remembered goes by the hash; the keys themselves are kept nowhere.
 */
@Injectable()
export class IdentityApiKeys extends ApiKeys {
  private readonly known = new LRUCache<string, Known>({ max: MAX_KNOWN });
  private readonly asking = new Map<string, Promise<Known>>();
  private subscriptions: Unsubscribe[] = [];
  /** Grows with every event: an answer asked for before it may be from before it. */
  private heard = 0;

  constructor(
    private readonly rpc: RpcClient,
    @Inject(BUS) private readonly bus: Pick<Bus, 'subscribe' | 'onConnected'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super();
  }

  async start(): Promise<void> {
    this.subscriptions = await Promise.all([
      this.bus.subscribe(ApiKeyRevokedV1.subject, (message) => this.hear(message)),
      this.bus.subscribe(UserAccessChangedV1.subject, (message) => this.hear(message)),
    ]);
    // What was said while we were away is not told again.
    this.bus.onConnected(() => this.forget(() => true));
  }

  async stop(): Promise<void> {
    await Promise.all(this.subscriptions.map((unsubscribe) => unsubscribe()));
  }

  override async verify(key: string): Promise<Caller | undefined> {
    const hash = readApiKey(key)?.toString('hex');
    if (hash === undefined) return undefined;
    const known = this.known.get(hash);
    const entry = known !== undefined && known.freshUntil > this.clock.monotonicMs() ? known : await this.ask(hash);
    return entry.expiresAtMs > this.clock.now().getTime() ? entry.caller : undefined;
  }

  /** One question for all who ask at the same time. */
  private ask(hash: string): Promise<Known> {
    const asking = this.asking.get(hash);
    if (asking !== undefined) return asking;
    const answer = this.askIdentity(hash).finally(() => this.asking.delete(hash));
    this.asking.set(hash, answer);
    return answer;
  }

  private async askIdentity(hash: string): Promise<Known> {
    const { heard } = this;
    const { key } = await this.rpc.call(verifyApiKey, { hash }, { timeoutMs: 5_000 });
    const known = this.toKnown(key);
    if (heard === this.heard) this.known.set(hash, known);
    return known;
  }

  private toKnown(key: Static<typeof verifyApiKey.response>['key']): Known {
    const now = this.clock.monotonicMs();
    if (key === null) {
      return { caller: undefined, keyId: undefined, expiresAtMs: Infinity, freshUntil: now + UNKNOWN_FRESH_MS };
    }
    const { key_id: keyId, expires_at, user_id, roles, scopes, email_verified, needs_factor } = key;
    return {
      caller: { user_id, roles, scopes, email_verified, needs_factor },
      keyId,
      expiresAtMs: expires_at === null ? Infinity : Date.parse(expires_at),
      freshUntil: now + FRESH_MS,
    };
  }

  private hear(message: BusMessage): void {
    const data = dataOf(message);
    if (keyRevoked.check(data)) this.forget(({ keyId }) => keyId === data.key_id);
    else if (accessChanged.check(data)) this.forget(({ caller }) => caller?.user_id === data.user_id);
    else {
      this.logger.error('an access event could not be read', undefined, { subject: message.subject });
      this.forget(() => true);
    }
  }

  private forget(isMeant: (known: Known) => boolean): void {
    this.heard += 1;
    for (const [hash, known] of this.known.entries()) if (isMeant(known)) this.known.delete(hash);
  }
}

function dataOf({ payload }: BusMessage): unknown {
  try {
    const envelope: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return typeof envelope === 'object' && envelope !== null ? Reflect.get(envelope, 'data') : undefined;
  } catch {
    // `hear` logs it and forgets everything.
    return undefined;
  }
}
