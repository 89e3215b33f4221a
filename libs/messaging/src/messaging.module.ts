import { type DynamicModule, Module } from '@nestjs/common';
import type { ServiceName } from '#contracts';
import { Database, databaseToken, type Retention, UnitOfWork, unitOfWorkToken } from '#persistence';
import { APP_VERSION, HealthRegistry, Logger, Metrics, ShutdownSequence } from '#platform';
import type { Bus } from './bus/bus.port.js';
import { deadLettersController } from './dead-letters/dead-letters.rpc.controller.js';
import { DeadLetterService } from './dead-letters/dead-letter.service.js';
import { HeartbeatPublisher } from './heartbeat.js';
import { LivePush } from './live-push.js';
import { messagingDefaults, type MessagingOptions } from './messaging-options.js';
import { Outbox } from './outbox/outbox.js';
import { TelemetryBuffer } from './outbox/telemetry-buffer.js';
import { ProcessMessaging } from './process-messaging.js';
import { PostgresIdempotency } from './rpc/idempotency.impl.js';
import { Idempotency } from './rpc/idempotency.js';
import { BusRpcClient } from './rpc/rpc-client.impl.js';
import { RpcClient } from './rpc/rpc-client.js';
import { ServiceMessaging } from './service-messaging.js';

/** Injection token of the process's bus. */
export const BUS = Symbol('BUS');

@Module({})
class MessagingRoot {}

/**
 * `forRoot(bus)` once per process, beside the platform; `forService(name, retention)` in the module of each service, beside
 * `PersistenceModule.forService`; `forGateway()` where there is no database.
 */
@Module({})
export class MessagingModule {
  static forRoot(bus: Bus, options: Partial<MessagingOptions> = {}): DynamicModule {
    return {
      module: MessagingRoot,
      global: true,
      providers: [
        { provide: BUS, useValue: bus },
        {
          provide: ProcessMessaging,
          useFactory: (logger: Logger, metrics: Metrics, health: HealthRegistry, shutdown: ShutdownSequence) => {
            const process = new ProcessMessaging(bus, { ...messagingDefaults, ...options }, logger, metrics);
            health.add('bus', () => {
              if (!bus.isConnected()) throw new Error('not connected');
            });
            process.endWith(shutdown);
            return process;
          },
          inject: [Logger, Metrics, HealthRegistry, ShutdownSequence],
        },
      ],
      exports: [BUS, ProcessMessaging],
    };
  }

  static forService(service: ServiceName, retention: Retention): DynamicModule {
    return {
      module: MessagingModule,
      controllers: [deadLettersController(service)],
      providers: [
        // Of this service, also where several are composed in one process.
        {
          provide: ServiceMessaging,
          useFactory: (bus: Bus, process: ProcessMessaging, database: Database, unitOfWork: UnitOfWork) =>
            new ServiceMessaging(service, bus, database, unitOfWork, process, retention),
          inject: [BUS, ProcessMessaging, databaseToken(service), unitOfWorkToken(service)],
        },
        {
          provide: Outbox,
          useFactory: ({ relay }: ServiceMessaging) => new Outbox(service, () => relay.wake()),
          inject: [ServiceMessaging],
        },
        {
          provide: Idempotency,
          useFactory: ({ unitOfWork }: ServiceMessaging) => new PostgresIdempotency(unitOfWork),
          inject: [ServiceMessaging],
        },
        {
          provide: TelemetryBuffer,
          useFactory: ({ telemetry }: ServiceMessaging) => telemetry,
          inject: [ServiceMessaging],
        },
        {
          provide: DeadLetterService,
          useFactory: ({ letters }: ServiceMessaging) => letters,
          inject: [ServiceMessaging],
        },
        {
          provide: HeartbeatPublisher,
          useFactory: (bus: Bus, version: string, health: HealthRegistry, logger: Logger) =>
            new HeartbeatPublisher(service, version, bus, health, logger.for('heartbeat')),
          inject: [BUS, APP_VERSION, HealthRegistry, Logger],
        },
        livePush,
        rpcClient,
      ],
      exports: [Outbox, Idempotency, TelemetryBuffer, DeadLetterService, LivePush, RpcClient],
    };
  }

  static forGateway(): DynamicModule {
    return { module: MessagingModule, providers: [rpcClient], exports: [RpcClient] };
  }
}

const rpcClient = {
  provide: RpcClient,
  useFactory: (bus: Bus, metrics: Metrics) => new BusRpcClient(bus, metrics),
  inject: [BUS, Metrics],
};

const livePush = {
  provide: LivePush,
  useFactory: (bus: Bus, logger: Logger) => new LivePush(bus, logger.for('live')),
  inject: [BUS, Logger],
};
