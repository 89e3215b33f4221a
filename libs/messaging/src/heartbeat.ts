import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { type Heartbeat, HEARTBEAT_EVERY_MS, heartbeatSubject, type ServiceName } from '#contracts';
import { newId, systemClock } from '#kernel';
import type { HealthRegistry, Logger } from '#platform';
import type { Bus } from './bus/bus.port.js';

/** Tells the gateway every few seconds how this replica of a service is. Lossy; nothing depends on a single one. */
export class HeartbeatPublisher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly instance = newId();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly service: ServiceName,
    private readonly version: string,
    private readonly bus: Bus,
    private readonly health: HealthRegistry,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    void this.beat();
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async beat(): Promise<void> {
    try {
      const { ready, checks } = await this.health.readiness();
      const database = checks.find((check) => check.name === `database:${this.service}`);
      const heartbeat: Heartbeat = {
        service: this.service,
        instance: this.instance,
        version: this.version,
        ready,
        database: database === undefined ? null : database.ok ? 'connected' : 'disconnected',
        bus: this.bus.isConnected() ? 'connected' : 'disconnected',
        at: systemClock.now().toISOString(),
      };
      await this.bus.publish({
        subject: heartbeatSubject(this.service),
        payload: Buffer.from(JSON.stringify(heartbeat)),
        headers: {},
      });
    } catch (error) {
      this.logger.warn('a heartbeat was lost', {}, error);
    }
  }
}
