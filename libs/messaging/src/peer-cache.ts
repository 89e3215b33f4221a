import type { AppName } from '#contracts';
import { CachedValues, type CachedValuesOptions, type Logger } from '#platform';
import type { Bus, Unsubscribe } from './bus/bus.port.js';

/**
 * Cached values whose invalidation reaches every replica of the app over core NATS (`peer.<app>.<topic>`). A lost
 * invalidation costs at most the time to live. Invalidate after the commit (`afterCommit`), or a reader may put the
 * old value back.
 */
export class PeerCache<V extends object> {
  private readonly values: CachedValues<V>;
  private readonly subject: string;
  private subscription: Promise<Unsubscribe> | undefined;

  constructor(
    app: AppName,
    topic: string,
    private readonly bus: Bus,
    private readonly logger: Logger,
    options: CachedValuesOptions,
  ) {
    this.values = new CachedValues<V>(options);
    this.subject = `peer.${app}.${topic}`;
  }

  /** Nest calls it where this is a provider of its own. */
  async onModuleInit(): Promise<void> {
    this.subscription = this.bus.subscribe(this.subject, ({ payload }) => {
      this.values.invalidatePrefix(Buffer.from(payload).toString('utf8'));
    });
    await this.subscription;
  }

  async onModuleDestroy(): Promise<void> {
    await (
      await this.subscription
    )?.();
  }

  get(key: string, compute: () => Promise<V>): Promise<V> {
    return this.values.get(key, compute);
  }

  /** Drops every key that starts with `prefix`, here at once and on the other replicas as soon as they hear of it. */
  invalidatePrefix(prefix: string): void {
    this.values.invalidatePrefix(prefix);
    this.bus
      .publish({ subject: this.subject, payload: Buffer.from(prefix, 'utf8'), headers: {} })
      .catch((error: unknown) => this.logger.warn('other replicas did not hear of a cache invalidation', {}, error));
  }
}
