import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ShutdownSequence } from '#platform';
import { IdentityApiKeys } from './access/api-keys.js';
import { Revocations } from './access/revocations.js';
import { Heartbeats } from './health/heartbeats.js';
import { LiveDoor } from './live/live-door.js';
import { SocketCounts } from './live/socket-counts.js';
import { Tickets } from './live/tickets.js';
import { LimitsExchange } from './limits/limits-exchange.js';

/** What listens on the bus for as long as the door is open. */
@Injectable()
export class GatewayLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly revocations: Revocations,
    private readonly apiKeys: IdentityApiKeys,
    private readonly limits: LimitsExchange,
    private readonly heartbeats: Heartbeats,
    private readonly tickets: Tickets,
    private readonly counts: SocketCounts,
    private readonly live: LiveDoor,
    private readonly shutdown: ShutdownSequence,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // At once, and not with Nest's hooks: an open socket keeps the HTTP server from ending, and the drain would wait for it.
    this.shutdown.add('stop-taking', 'live sockets', () => this.live.stop());
    const listeners = [this.revocations, this.apiKeys, this.limits, this.heartbeats, this.tickets, this.counts];
    await Promise.all(listeners.map((listener) => listener.start()));
  }

  async onModuleDestroy(): Promise<void> {
    const listeners = [this.revocations, this.apiKeys, this.limits, this.heartbeats, this.tickets, this.counts];
    await Promise.all(listeners.map((listener) => listener.stop()));
  }
}
