import { Inject, Injectable } from '@nestjs/common';
import { compileSchema, Heartbeat, HEARTBEAT_EVERY_MS, heartbeatSubject, SERVICES, type ServiceName } from '#contracts';
import type { Clock } from '#kernel';
import { BUS, type Bus, type BusMessage, type Unsubscribe } from '#messaging';
import { CLOCK, Logger } from '#platform';

const schema = compileSchema(Heartbeat);
/** Two may get lost before a service counts as gone. */
const SILENT_AFTER_MS = 3 * HEARTBEAT_EVERY_MS + 1_000;

export interface ServiceHealth {
  service: ServiceName;
  status: 'up' | 'not-ready' | 'silent';
  database: Heartbeat['database'];
  bus: Heartbeat['bus'];
  version: string | null;
  /** Instances heard of lately. */
  replicas: number;
}

/** What the services say about themselves, remembered for as long as it is news. */
@Injectable()
export class Heartbeats {
  private readonly heard = new Map<string, { beat: Heartbeat; at: number }>();
  private unsubscribe: Unsubscribe | undefined;

  constructor(
    @Inject(BUS) private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.unsubscribe = await this.bus.subscribe(heartbeatSubject('*'), (message) => this.hear(message));
  }

  async stop(): Promise<void> {
    await this.unsubscribe?.();
  }

  services(): ServiceHealth[] {
    const now = this.clock.monotonicMs();
    for (const [key, { at }] of this.heard) if (now - at > SILENT_AFTER_MS) this.heard.delete(key);
    return SERVICES.map((service) => this.summary(service));
  }

  /** Of a service with several replicas the best counts: it is what requests will meet. */
  private summary(service: ServiceName): ServiceHealth {
    const beats = [...this.heard.values()].map(({ beat }) => beat).filter((beat) => beat.service === service);
    const best = beats.find((beat) => beat.ready) ?? beats[0];
    if (best === undefined) {
      return { service, status: 'silent', database: null, bus: null, version: null, replicas: 0 };
    }
    const { database, bus, version, ready } = best;
    return { service, status: ready ? 'up' : 'not-ready', database, bus, version, replicas: beats.length };
  }

  private hear(message: BusMessage): void {
    let beat: unknown;
    try {
      beat = JSON.parse(Buffer.from(message.payload).toString('utf8'));
    } catch (error) {
      this.logger.warn('a heartbeat could not be read', { subject: message.subject }, error);
      return;
    }
    if (!schema.check(beat)) return;
    this.heard.set(`${beat.service} ${beat.instance}`, { beat, at: this.clock.monotonicMs() });
  }
}
