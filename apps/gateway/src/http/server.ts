import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyCors from '@fastify/cors';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Caller } from '#contracts';
import { type HttpOptions, Logger, Metrics } from '#platform';
import type { GatewaySettings } from '../config.js';
import { TrustedProxies } from '../limits/client-address.js';
import { LiveDoor } from '../live/live-door.js';
import { DocsPages } from '../openapi/docs-pages.js';
import { Entrance } from './entrance.js';
import { sendError } from './errors.js';
import { parseJsonBody } from './json-body.js';
import { answerUnreadable, malformed, MAX_HEADER_BYTES, SLOW_CLIENT_MS, SLOW_UPLOAD_MS } from './unreadable.js';
import { RouteTable } from './route-table.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { CertificateFiles, readTls } from './tls.js';

export const MAX_BODY_BYTES = 1024 * 1024;
/** Logged whatever ACCESS_LOG says, like every 5xx and every refusal. */
const SLOW_ANSWER_MS = 1_000;
/** Longer than the idle time of usual balancers (60 s), so that they and not we close idle connections. */
const KEEP_ALIVE_MS = 72_000;
const REQUEST_ID = /^[\w.:-]{1,128}$/;

function serverOptions(settings: GatewaySettings): FastifyServerOptions {
  const proxies = new TrustedProxies(settings.TRUSTED_PROXIES);
  const tls = readTls(settings);
  const http = { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: SLOW_CLIENT_MS, connectionsCheckingInterval: 1_000 };
  return {
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: proxies.isEmpty ? false : (address: string) => proxies.trusts(address),
    requestTimeout: SLOW_UPLOAD_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...(tls === undefined ? { http } : { https: { ...http, ...tls, handshakeTimeout: SLOW_CLIENT_MS } }),
    routerOptions: { maxParamLength: 500 },
    genReqId: ({ headers }) => {
      const sent = headers['x-request-id'];
      return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : randomUUID();
    },
    frameworkErrors: (_error, request, reply) => {
      // No hook ran for it.
      reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
      sendError(request, reply, malformed('The path is not a valid URL.'));
    },
    clientErrorHandler: answerUnreadable,
  };
}

/** Everything on the HTTP door that is not a route. */
@Injectable()
export class HttpDoor implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly entrance: Entrance,
    private readonly routes: RouteTable,
    private readonly metrics: Metrics,
    private readonly docs: DocsPages,
    private readonly live: LiveDoor,
    private readonly certificate: CertificateFiles,
    private readonly logger: Logger,
  ) {}

  /** Before the routes are made, so that it sees every one of them. */
  async install(server: FastifyInstance, settings: GatewaySettings): Promise<void> {
    this.watchRoutes(server);
    if (settings.CORS_ORIGINS.length > 0) await server.register(fastifyCors, corsOptions(settings));
    this.entrance.install(server);
    this.live.install(server.server);
    this.certificate.install(server.server);
    if (settings.DOCS_ENABLED) this.docs.install(server);
    server.addHook('onResponse', (request, reply, done) => {
      this.account(request, reply, settings.ACCESS_LOG);
      done();
    });
  }

  private account(request: FastifyRequest, reply: FastifyReply, isLogged: boolean): void {
    const operation = request.routeOptions.config.endpoint?.operationId ?? 'unmatched';
    const { method } = request;
    this.metrics.observeRequest(operation, method, reply.statusCode, reply.elapsedTime / 1000);
    const context = request.call?.context;
    const isNews = reply.statusCode >= 500 || reply.elapsedTime >= SLOW_ANSWER_MS || isRefusal(reply, context?.caller);
    if (!isLogged && !isNews) return;
    this.logger.info('request', {
      request_id: request.id,
      user_id: context?.caller?.user_id,
      trace_id: context?.traceparent?.split('-')[1],
      operation,
      method,
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
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

/** Somebody who asked for what is not his: a function, or a thing, which looks as if it was not there. */
const isRefusal = ({ statusCode }: FastifyReply, caller: Caller | undefined): boolean =>
  caller !== undefined && (statusCode === 403 || statusCode === 404);

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
