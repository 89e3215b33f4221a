import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyCors from '@fastify/cors';
import type { FastifyHttpOptions, FastifyInstance } from 'fastify';
import { AppError } from '#kernel';
import { type HttpOptions, Metrics, publicErrorBody } from '#platform';
import type { GatewaySettings } from '../config.js';
import { Entrance } from './entrance.js';
import { sendError } from './errors.js';
import { parseJsonBody } from './json-body.js';
import { RouteTable } from './route-table.js';

export const MAX_BODY_BYTES = 1024 * 1024;
export const MAX_HEADER_BYTES = 16 * 1024;
/** A client that takes longer to send its head, or a body of ordinary size, is cut off. */
export const SLOW_CLIENT_MS = 10_000;
/** Uploads may take longer than other bodies. */
const SLOW_UPLOAD_MS = 60_000;
/** Longer than the idle time of usual balancers (60 s), so that they and not we close idle connections. */
const KEEP_ALIVE_MS = 72_000;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

const malformed = (message: string): AppError =>
  new AppError({ code: 'MALFORMED_REQUEST', kind: 'malformed', message });

function serverOptions(settings: GatewaySettings): FastifyHttpOptions<Server> {
  return {
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: settings.TRUSTED_PROXIES.length === 0 ? false : [...settings.TRUSTED_PROXIES],
    requestTimeout: SLOW_UPLOAD_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: SLOW_CLIENT_MS,
      connectionsCheckingInterval: 1_000,
    },
    routerOptions: { maxParamLength: 500 },
    genReqId: ({ headers }) => {
      const sent = headers['x-request-id'];
      return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID();
    },
    frameworkErrors: (_error, request, reply) => {
      reply.header('x-request-id', request.id);
      sendError(request, reply, malformed('The path is not a valid URL.'));
    },
    clientErrorHandler: answerUnreadable,
  };
}

/** What Node's parser refuses never becomes a request; the answer is written to the socket by hand. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', `The headers are larger than ${MAX_HEADER_BYTES} bytes.`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'The request took too long to arrive.']
        : ['400 Bad Request', 'The request is not valid HTTP.'];
  const requestId = randomUUID();
  const body = JSON.stringify(publicErrorBody(malformed(message), requestId));
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-request-id: ${requestId}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Everything on the HTTP door that is not a route. */
@Injectable()
export class HttpDoor implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly entrance: Entrance,
    private readonly routes: RouteTable,
    private readonly metrics: Metrics,
  ) {}

  /** Before the routes are made, so that it sees every one of them. */
  async install(server: FastifyInstance, settings: GatewaySettings): Promise<void> {
    this.watchRoutes(server);
    if (settings.CORS_ORIGINS.length > 0) await server.register(fastifyCors, corsOptions(settings));
    this.entrance.install(server);
    server.addHook('onResponse', (request, reply, done) => {
      const operation = request.routeOptions.config.endpoint?.operationId ?? 'unmatched';
      this.metrics.observeRequest(operation, request.method, reply.statusCode, reply.elapsedTime / 1000);
      done();
    });
  }

  /** After Nest has registered its own parsers, which are more lenient. */
  onModuleInit(): void {
    const server = this.adapter.httpAdapter?.getInstance<FastifyInstance>();
    // Composed into a process without HTTP.
    if (typeof server?.removeAllContentTypeParsers !== 'function') return;
    server.removeAllContentTypeParsers();
    server.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
      if (request.routeOptions.config.endpoint?.rawBody !== undefined) return done(null, body);
      try {
        done(null, body.length === 0 ? undefined : parseJsonBody(body));
      } catch (error) {
        done(error instanceof Error ? error : new Error('unreadable body', { cause: error }));
      }
    });
  }

  /** A route nobody declared would be one nobody decided about: the start fails. */
  private watchRoutes(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => {
      const { endpoint, asset } = route.config ?? {};
      const isPreflight = route.method === 'OPTIONS' && route.path === '*';
      if (endpoint === undefined && asset !== true && !isPreflight) {
        throw new Error(`${String(route.method)} ${route.path} has no declared operation (use @Endpoint)`);
      }
      if (endpoint?.rawBody !== undefined) route.bodyLimit = endpoint.rawBody.maxBytes;
      for (const method of [route.method].flat()) if (!isPreflight) this.routes.add(method, route.path);
    });
  }
}

const corsOptions = (settings: GatewaySettings) => ({
  origin: [...settings.CORS_ORIGINS],
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowedHeaders: [
    'Authorization',
    'Content-Type',
    'Idempotency-Key',
    'If-None-Match',
    'Prefer',
    'X-Request-Id',
    'traceparent',
  ],
  exposedHeaders: [
    'ETag',
    'Location',
    'Retry-After',
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
    'X-Request-Id',
  ],
  maxAge: 600,
  strictPreflight: true,
});

/** How the process that serves the API is to be started; the standalone app uses the same. */
export const gatewayHttp = (settings: GatewaySettings): HttpOptions => ({
  host: settings.API_HOST,
  port: settings.API_PORT,
  portVariable: 'API_PORT',
  fastify: serverOptions(settings),
  configure: async (app: NestFastifyApplication) => {
    await app.get(HttpDoor).install(app.getHttpAdapter().getInstance(), settings);
  },
});
