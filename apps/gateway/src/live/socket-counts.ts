import { Inject, Injectable } from '@nestjs/common';
import { Closed, compileSchema, Type, Uuid } from '#contracts';
import { type Clock, newId } from '#kernel';
import { BUS, type Bus, type BusMessage, type Unsubscribe } from '#messaging';
import { CLOCK, Logger } from '#platform';

/** Heard and said by gateways only. */
export const SOCKETS_SUBJECT = 'peer.gateway.sockets';
const BEAT_MS = 3_000;
/** Three beats may get lost; after that a gateway is gone, and its sockets with it. */
const EXPIRES_MS = 3 * BEAT_MS + 1_000;
/** Keeps a message far below what the bus carries, however many people are connected. */
const MAX_COUNTS_PER_MESSAGE = 2_000;

const Counts = compileSchema(
  Closed({
    from: Uuid(),
    counts: Type.Array(Closed({ user_id: Uuid(), open: Type.Integer({ minimum: 0, maximum: 1_000 }) }), {
      maxItems: MAX_COUNTS_PER_MESSAGE,
    }),
  }),
);

interface Told {
  open: number;
  at: number;
}

/**
 * How many sockets a person has open at the other gateways. Each tells every change at once and all it has with every
 * beat, so a lost message, and a lost gateway, is forgotten after ten seconds.
 */
@Injectable()
export class SocketCounts {
  private readonly self = newId();
  private readonly own = new Map<string, number>();
  /** By person, then by gateway. */
  private readonly others = new Map<string, Map<string, Told>>();
  private listener: (userId: string) => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: Unsubscribe | undefined;
  private hasLeft = false;

  constructor(
    @Inject(BUS) private readonly bus: Pick<Bus, 'publish' | 'subscribe' | 'isConnected'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.unsubscribe = await this.bus.subscribe(SOCKETS_SUBJECT, (message) => this.hear(message));
    this.timer = setInterval(() => this.beat(), BEAT_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
  }

  /** Another gateway told of somebody's sockets. */
  onTold(listener: (userId: string) => void): void {
    this.listener = listener;
  }

  set(userId: string, open: number): void {
    if (this.hasLeft) return;
    if (open === 0) this.own.delete(userId);
    else this.own.set(userId, open);
    this.tell([{ user_id: userId, open }]);
  }

  /** Before this gateway closes its sockets, so that nobody who comes back elsewhere meets his own old ones. */
  leave(): void {
    this.hasLeft = true;
    this.tell([...this.own.keys()].map((userId) => ({ user_id: userId, open: 0 })));
    this.own.clear();
  }

  elsewhere(userId: string): number {
    return this.sum(userId, () => true);
  }

  /**
   * At the gateways that come before this one: where several let somebody in at the same moment, the last of them give
   * way, and all of them agree on who that is.
   */
  before(userId: string): number {
    return this.sum(userId, (gateway) => gateway < this.self);
  }

  /** All this gateway has, to the others; and what has not been heard of for long is over. */
  beat(): void {
    this.tell([...this.own].map(([userId, open]) => ({ user_id: userId, open })));
    for (const userId of this.others.keys()) this.sum(userId, () => false);
  }

  private sum(userId: string, counts: (gateway: string) => boolean): number {
    const told = this.others.get(userId);
    if (told === undefined) return 0;
    const heardSince = this.clock.monotonicMs() - EXPIRES_MS;
    let sum = 0;
    for (const [gateway, { open, at }] of told) {
      if (at < heardSince) told.delete(gateway);
      else if (counts(gateway)) sum += open;
    }
    if (told.size === 0) this.others.delete(userId);
    return sum;
  }

  private tell(counts: readonly { user_id: string; open: number }[]): void {
    // While the bus is away every gateway counts for itself.
    if (!this.bus.isConnected()) return;
    for (let from = 0; from < counts.length; from += MAX_COUNTS_PER_MESSAGE) {
      const part = { from: this.self, counts: counts.slice(from, from + MAX_COUNTS_PER_MESSAGE) };
      const message = { subject: SOCKETS_SUBJECT, payload: Buffer.from(JSON.stringify(part)), headers: {} };
      this.bus.publish(message).catch((error: unknown) => {
        this.logger.warn('open sockets could not be told to the other gateways', {}, error);
      });
    }
  }

  private hear(message: BusMessage): void {
    let told: unknown;
    try {
      told = JSON.parse(Buffer.from(message.payload).toString('utf8'));
    } catch (error) {
      this.logger.warn('open sockets of another gateway could not be read', {}, error);
      return;
    }
    if (!Counts.check(told) || told.from === this.self) return;
    const at = this.clock.monotonicMs();
    for (const { user_id: userId, open } of told.counts) {
      const gateways = this.others.get(userId) ?? new Map<string, Told>();
      gateways.delete(told.from);
      if (open > 0) gateways.set(told.from, { open, at });
      if (gateways.size === 0) this.others.delete(userId);
      else this.others.set(userId, gateways);
      if (open > 0) this.listener(userId);
    }
  }
}
