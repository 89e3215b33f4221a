import type { Logger, Metrics } from '#platform';
import { Bell } from '../bell.js';
import type { Bus, ConsumerSpec } from '../bus/bus.port.js';

const EVERY_MS = 10_000;

/** Messages each durable has not settled yet: what scaling looks at. Every replica tells the same number. */
export class LagMeter {
  private readonly bell = new Bell();
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly bus: Bus,
    private readonly specs: readonly ConsumerSpec[],
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  start(): void {
    if (this.specs.length > 0) this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.loop;
  }

  private async run(): Promise<void> {
    const gauge = this.metrics.gauge('consumer_lag', 'Messages a durable has not settled yet', ['stream', 'durable']);
    while (!this.stopped) {
      for (const spec of this.specs) {
        const { stream, durable } = spec;
        try {
          gauge.set({ stream, durable }, await this.bus.lag(spec));
        } catch (error) {
          // An old number would be scaled by; none is better.
          gauge.remove({ stream, durable });
          this.logger.debug('the lag of a durable cannot be read', {
            stream,
            durable,
            reason: error instanceof Error ? error.message : 'unknown',
          });
        }
      }
      await this.bell.wait(EVERY_MS);
    }
  }
}
