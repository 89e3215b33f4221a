import { Controller, Inject } from '@nestjs/common';
import { Closed, Nullable, StringEnum, Type } from '#contracts';
import { AppError } from '#kernel';
import { BUS, type Bus } from '#messaging';
import { APP_VERSION, HealthRegistry } from '#platform';
import { Endpoint } from '../http/endpoint.js';
import { operation } from '../http/operation.js';
import { Heartbeats } from './heartbeats.js';

const CONNECTION = ['connected', 'disconnected', 'unknown'] as const;
type Connection = (typeof CONNECTION)[number];

const Health = Closed({
  status: StringEnum(['healthy', 'degraded'], { description: 'degraded: something below is not as it should be' }),
  database: StringEnum(CONNECTION, { description: 'As the services report it; unknown until one has' }),
  bus: StringEnum(CONNECTION),
  version: Type.String(),
});
const Alive = Closed({ status: StringEnum(['alive']) });
const Ready = Closed({ status: StringEnum(['ready']) });
const DetailedHealth = Closed({
  ...Health.properties,
  services: Type.Array(
    Closed({
      service: Type.String(),
      status: StringEnum(['up', 'not-ready', 'silent']),
      database: Nullable(StringEnum(['connected', 'disconnected'])),
      bus: Nullable(StringEnum(['connected', 'disconnected'])),
      version: Nullable(Type.String()),
      replicas: Type.Integer({ minimum: 0 }),
    }),
  ),
});

const base = { method: 'GET', tag: 'Operation' } as const;
const health = operation({
  ...base,
  path: '/health',
  rootAliases: ['/health'],
  operationId: 'getHealth',
  summary: 'Whether the system as a whole works',
  description: 'Always 200 while the gateway runs; probes use /health/live and /health/ready.',
  access: 'public',
  response: Health,
  responseExample: { status: 'healthy', database: 'connected', bus: 'connected', version: '1.0.0' },
});
const live = operation({
  ...base,
  path: '/health/live',
  rootAliases: ['/health/live'],
  operationId: 'getLiveness',
  summary: 'Whether the gateway runs',
  access: 'public',
  response: Alive,
  responseExample: { status: 'alive' },
});
const ready = operation({
  ...base,
  path: '/health/ready',
  rootAliases: ['/health/ready'],
  operationId: 'getReadiness',
  summary: 'Whether the gateway can take requests',
  description: 'Only about this replica: its connection to the bus, and whether it is starting or stopping.',
  access: 'public',
  response: Ready,
  responseExample: { status: 'ready' },
  errors: ['SERVICE_UNAVAILABLE'],
});
const detailed = operation({
  ...base,
  path: '/health/detailed',
  rootAliases: ['/health/detailed'],
  operationId: 'getDetailedHealth',
  summary: 'Every service as it reports itself',
  access: { role: 'admin' },
  scope: 'admin:operations',
  response: DetailedHealth,
});

@Controller()
export class HealthController {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly heartbeats: Heartbeats,
    @Inject(BUS) private readonly bus: Bus,
    @Inject(APP_VERSION) private readonly version: string,
  ) {}

  @Endpoint(health)
  health() {
    return this.summary();
  }

  @Endpoint(live)
  live() {
    return { status: 'alive' as const };
  }

  @Endpoint(ready)
  async ready() {
    const { ready: isReady, reason } = await this.registry.readiness();
    if (isReady) return { status: 'ready' as const };
    throw new AppError({
      code: 'SERVICE_UNAVAILABLE',
      kind: 'unavailable',
      message: `Not ready: ${reason ?? 'unknown'}.`,
    });
  }

  @Endpoint(detailed)
  detailed() {
    return { ...this.summary(), services: this.heartbeats.services() };
  }

  private summary() {
    const reports = this.heartbeats.services().map((service) => service.database);
    const database: Connection = reports.includes('disconnected')
      ? 'disconnected'
      : reports.includes('connected')
        ? 'connected'
        : 'unknown';
    const bus: Connection = this.bus.isConnected() ? 'connected' : 'disconnected';
    const isHealthy = database === 'connected' && bus === 'connected';
    return { status: isHealthy ? ('healthy' as const) : ('degraded' as const), database, bus, version: this.version };
  }
}
