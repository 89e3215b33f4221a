import { Injectable, NotFoundException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '#contracts';
import { AppError } from '#kernel';
import { AccessService } from '../access/access.service.js';
import { addressKey } from '../limits/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { RequestCall } from './call.js';
import { assertMediaType, hasBody } from './media-type.js';
import type { OperationSpec } from './operation.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { limitBodyTime, SLOW_CLIENT_MS, SLOW_UPLOAD_MS } from './unreadable.js';

type Done = (error?: Error) => void;

/**
 * What every request passes before its handler, in one hook: who calls, whether he may, how often, and whether the
 * body is of a kind we read. Without waiting for anything when the token was seen before.
 */
@Injectable()
export class Entrance {
  constructor(
    private readonly access: AccessService,
    private readonly limits: RateLimits,
  ) {}

  install(server: FastifyInstance): void {
    server.decorateRequest('call', null);
    server.addHook('onRequest', (request, reply, done) => {
      reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
      const { endpoint } = request.routeOptions.config;
      if (hasBody(request.raw)) {
        limitBodyTime(request.raw, reply.raw, endpoint?.rawBody === undefined ? SLOW_CLIENT_MS : SLOW_UPLOAD_MS);
      }
      try {
        this.enter(request, reply, endpoint, done);
      } catch (error) {
        done(asError(error));
      }
    });
  }

  private enter(request: FastifyRequest, reply: FastifyReply, spec: OperationSpec | undefined, done: Done): void {
    if (spec === undefined) {
      // An asset, or no route at all: both count for the address.
      if (request.method !== 'OPTIONS') this.count(request, reply, undefined, undefined);
      // The router would find nothing as well, but only after the body was read.
      return done(request.is404 && hasBody(request.raw) ? new NotFoundException() : undefined);
    }
    let identified: Caller | undefined | Promise<Caller | undefined>;
    try {
      identified = this.access.identify(spec.access, request.headers.authorization);
    } catch (error) {
      this.count(request, reply, spec, undefined);
      throw error;
    }
    if (!(identified instanceof Promise)) {
      const caller = identified;
      return this.attempt(done, () => this.admit(request, reply, spec, caller));
    }
    identified.then(
      (caller) => this.attempt(done, () => this.admit(request, reply, spec, caller)),
      (error: unknown) =>
        this.attempt(done, () => {
          this.count(request, reply, spec, undefined);
          throw error;
        }),
    );
  }

  private attempt(done: Done, step: () => Promise<void> | undefined): void {
    let waiting: Promise<void> | undefined;
    try {
      waiting = step();
    } catch (error) {
      return done(asError(error));
    }
    if (waiting === undefined) return done();
    waiting.then(
      () => done(),
      (error: unknown) => done(asError(error)),
    );
  }

  private admit(
    request: FastifyRequest,
    reply: FastifyReply,
    spec: OperationSpec,
    caller: Caller | undefined,
  ): Promise<void> | undefined {
    this.count(request, reply, spec, caller);
    // Before anything is refused, so that the log of a refusal says who it was.
    request.call = new RequestCall(request, spec, caller);
    const waiting = this.access.authorize(spec, caller);
    if (waiting !== undefined) return waiting.then(() => assertMediaType(request.raw, spec));
    assertMediaType(request.raw, spec);
    return undefined;
  }

  private count(
    request: FastifyRequest,
    reply: FastifyReply,
    spec: OperationSpec | undefined,
    caller: Caller | undefined,
  ): void {
    const client = caller?.user_id ?? addressKey(request.ip);
    const verdict = this.limits.take(spec?.limit ?? 'general', client);
    if (verdict === undefined) return;
    reply.header('x-ratelimit-limit', verdict.limit);
    reply.header('x-ratelimit-remaining', verdict.remaining);
    reply.header('x-ratelimit-reset', verdict.resetAt);
    if (verdict.allowed) return;
    throw new AppError({
      code: 'RATE_LIMITED',
      kind: 'rate-limited',
      message: `Too many requests: at most ${verdict.limit} in this window. Wait, then try again.`,
      retryAfterMs: verdict.retryAfterMs,
    });
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error('thrown', { cause: thrown }));
