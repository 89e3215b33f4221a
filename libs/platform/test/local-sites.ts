import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { textOf } from '../src/outbound/body-text.js';
import { OutboundHttp, type OutboundHttpOptions } from '../src/outbound/outbound-http.js';
import type { OutboundRequest } from '../src/outbound/outbound-request.js';
import type { OutboundOutcome } from '../src/outbound/outcome.js';
import { Logger } from '../src/logging/index.js';
import { Metrics } from '../src/metrics/metrics.js';

export type Handler = (request: IncomingMessage, response: ServerResponse, visit: number) => void;

/** A site at an address of this machine that remembers its visits. */
export class Site {
  readonly visits: { path: string; headers: IncomingMessage['headers']; method?: string }[] = [];
  readonly handlers = new Map<string, Handler>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    this.visits.push({ path, headers: request.headers, method: request.method });
    const visit = this.visits.filter((each) => each.path === path).length;
    const handler = this.handlers.get(path);
    if (handler === undefined) response.writeHead(404).end();
    else handler(request, response, visit);
  });
  port = 0;

  constructor(private readonly host: string) {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => this.sockets.delete(socket)).on('close', () => this.sockets.delete(socket));
    });
  }
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, this.host, () => resolve()));
    this.port = (this.server.address() as AddressInfo).port;
  }
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
  url(path: string, name = this.host): string {
    return `http://${name}:${this.port}${path}`;
  }
  reset(): void {
    this.visits.length = 0;
    this.handlers.clear();
  }
}

// The tests have no internet: 127.0.0.2 plays the public address, 127.0.0.1 the inner network.
export const outer = new Site('127.0.0.2');
export const inner = new Site('127.0.0.1');
const isPublic = (address: string): boolean => address === '127.0.0.2';

export const logged: string[] = [];
const logger = Logger.create({
  service: 'test',
  level: 'debug',
  format: 'json',
  destination: { write: (line) => void logged.push(line) },
});
const made: OutboundHttp[] = [];
export const outbound = (options: Partial<OutboundHttpOptions> = {}): OutboundHttp => {
  const http = new OutboundHttp({
    userAgent: 'career-copilot-test (+mailto:ops)',
    logger,
    metrics: new Metrics('test', false),
    isPublic,
    ...options,
  });
  made.push(http);
  return http;
};
export const get = (path: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  target: 'example',
  url: outer.url(path),
  policy: 'public-only',
  retries: 0,
  timeoutMs: 2000,
  ...more,
});
export const okText = (outcome: OutboundOutcome): string => {
  if (outcome.kind !== 'ok') throw new Error(`expected ok, got ${JSON.stringify(outcome)}`);
  return textOf(outcome);
};

/** Both sites up for the file, empty before every test. */
export function useSites(): void {
  beforeAll(async () => {
    await Promise.all([outer.start(), inner.start()]);
  });
  afterEach(async () => {
    outer.reset();
    inner.reset();
    logged.length = 0;
    await Promise.all(made.splice(0).map((http) => http.close()));
  });
  afterAll(async () => {
    await Promise.all([outer.stop(), inner.stop()]);
  });
}
