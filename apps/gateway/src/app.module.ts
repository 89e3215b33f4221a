import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { MessagingModule } from '#messaging';
import { AccessService } from './access/access.service.js';
import { AccessTokens } from './access/access-tokens.service.js';
import { ApiKeys, IdentityApiKeys } from './access/api-keys.js';
import { FactorDemand } from './access/factor-demand.js';
import { Revocations } from './access/revocations.js';
import { SigningKeys } from './access/signing-keys.js';
import type { GatewaySettings } from './config.js';
import { gatewayControllers } from './controllers.js';
import { Heartbeats } from './health/heartbeats.js';
import { Entrance } from './http/entrance.js';
import { ErrorFilter } from './http/errors.js';
import { RouteTable } from './http/route-table.js';
import { HttpDoor } from './http/server.js';
import { CertificateFiles } from './http/tls.js';
import { GatewayLifecycle } from './lifecycle.js';
import { LimitsExchange } from './limits/limits-exchange.js';
import { RateLimits } from './limits/rate-limits.js';
import { LiveDoor } from './live/live-door.js';
import { LiveFeed } from './live/live-feed.js';
import { SocketCounts } from './live/socket-counts.js';
import { Tickets } from './live/tickets.js';
import { DocsPages } from './openapi/docs-pages.js';
import { GATEWAY_SETTINGS } from './tokens.js';

/** The public door: REST and WebSocket to the world, requests over the bus to the services. No database. */
@Module({})
export class GatewayModule {
  static register(settings: GatewaySettings): DynamicModule {
    return {
      module: GatewayModule,
      imports: [MessagingModule.forGateway()],
      controllers: [...gatewayControllers],
      providers: [
        { provide: GATEWAY_SETTINGS, useValue: settings },
        { provide: ApiKeys, useExisting: IdentityApiKeys },
        IdentityApiKeys,
        { provide: APP_FILTER, useExisting: ErrorFilter },
        ErrorFilter,
        RouteTable,
        HttpDoor,
        CertificateFiles,
        DocsPages,
        Entrance,
        AccessService,
        AccessTokens,
        FactorDemand,
        SigningKeys,
        Revocations,
        RateLimits,
        LimitsExchange,
        Heartbeats,
        Tickets,
        LiveFeed,
        SocketCounts,
        LiveDoor,
        GatewayLifecycle,
      ],
    };
  }
}
