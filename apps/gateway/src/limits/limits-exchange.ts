import { Inject, Injectable } from '@nestjs/common';
import { Closed, compileSchema, Type } from '#contracts';
import { newId } from '#kernel';
import { BUS, type Bus, type BusMessage, type Unsubscribe } from '#messaging';
import { type LimitDelta, Logger } from '#platform';

import { RateLimits } from './rate-limits.js';

/** Heard and said by gateways only. */
export const LIMITS_SUBJECT = 'peer.gateway.limits';
/**
 * How late a gateway learns what the others allowed. With G gateways a client that uses all of them at once gets at
 * most what G gateways allow within this time (plus the way) above the limit, and never more than G times the limit.
 */
export const EXCHANGE_MS = 200;
/** Keeps a message far below what the bus carries, however many clients call at once. */
const MAX_COUNTS_PER_MESSAGE = 2_000;

const Counts = compileSchema(
  Closed({
    from: Type.String({ maxLength: 64 }),
    counts: Type.Array(
      Closed({
        key: Type.String({ maxLength: 200 }),
        windowMs: Type.Integer({ minimum: 1 }),
        hits: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      }),
      { maxItems: MAX_COUNTS_PER_MESSAGE },
    ),
  }),
);

/** Tells the other gateways a few times a second what this one allowed, and hears the same from them. */
@Injectable()
export class LimitsExchange {
  private readonly self = newId();
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: Unsubscribe | undefined;

  constructor(
    @Inject(BUS) private readonly bus: Bus,
    private readonly limits: RateLimits,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.unsubscribe = await this.bus.subscribe(LIMITS_SUBJECT, (message) => this.hear(message));
    this.timer = setInterval(() => this.tell(), EXCHANGE_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
  }

  private tell(): void {
    const counts = this.limits.takeUntold();
    // While the bus is away every gateway counts for itself.
    if (counts.length === 0 || !this.bus.isConnected()) return;
    for (let from = 0; from < counts.length; from += MAX_COUNTS_PER_MESSAGE) {
      this.publish(counts.slice(from, from + MAX_COUNTS_PER_MESSAGE));
    }
  }

  private publish(counts: readonly LimitDelta[]): void {
    const payload = Buffer.from(JSON.stringify({ from: this.self, counts }));
    this.bus.publish({ subject: LIMITS_SUBJECT, payload, headers: {} }).catch((error: unknown) => {
      this.logger.warn('request counts could not be told to the other gateways', {}, error);
    });
  }

  private hear(message: BusMessage): void {
    let told: unknown;
    try {
      told = JSON.parse(Buffer.from(message.payload).toString('utf8'));
    } catch (error) {
      this.logger.warn('request counts of another gateway could not be read', {}, error);
      return;
    }
    if (Counts.check(told) && told.from !== this.self) this.limits.addFromOthers(told.counts);
  }
}
