import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../metrics/metrics.js';
import { listen } from '../lifecycle/listen.js';
import { EventLoopLag } from './event-loop-lag.js';
import type { HealthRegistry } from './health-registry.js';

const MAX_LAG_MS = 5000;

export interface HealthServerOptions {
  host: string;
  port: number;
  version: string;
  health: HealthRegistry;
  metrics: Metrics;
  /** Event-loop lag from which on the process counts as stuck. */
  maxLagMs?: number;
}

/**
 * Probes and metrics on a port of their own, also for workers without HTTP traffic. Plain node:http: it is up before
 * Nest and stays up until the very end of the shutdown.
 */
export class HealthServer {
  private readonly server: Server;
  private readonly lag = new EventLoopLag();

  constructor(private readonly options: HealthServerOptions) {
    this.server = createServer((request, response) => {
      const path = request.url?.split('?')[0] ?? '/';
      this.answer(request.method ?? 'GET', path, response).catch(() => {
        // The scraper gets an answer; what failed has been counted by whoever failed.
        if (!response.headersSent) send(response, 500, { status: 'error' });
        else response.destroy();
      });
    });
    this.server.requestTimeout = 5000;
    this.server.headersTimeout = 5000;
  }

  async start(): Promise<string> {
    await listen(this.server, { ...this.options, portVariable: 'HEALTH_PORT' });
    const address = this.server.address() as AddressInfo;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}`;
  }

  async stop(): Promise<void> {
    this.lag.stop();
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async answer(method: string, path: string, response: ServerResponse): Promise<void> {
    const { health, metrics, version } = this.options;
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return send(response, 405, { status: 'method not allowed' });
    }
    switch (path) {
      case '/health/live': {
        const lagMs = Math.round(this.lag.take());
        const alive = lagMs < (this.options.maxLagMs ?? MAX_LAG_MS);
        return send(response, alive ? 200 : 503, { status: alive ? 'alive' : 'stuck', event_loop_lag_ms: lagMs });
      }
      case '/health/ready': {
        const { ready, reason, checks } = await health.readiness();
        return send(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not-ready', reason, checks, version });
      }
      case '/health/startup':
        return send(response, health.started ? 200 : 503, { status: health.started ? 'started' : 'starting', version });
      case '/metrics': {
        const { contentType, text } = await metrics.expose();
        response.writeHead(200, { 'content-type': contentType }).end(text);
        return;
      }
      default:
        return send(response, 404, { status: 'not found' });
    }
  }
}

function send(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
