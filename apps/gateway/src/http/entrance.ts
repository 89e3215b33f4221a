import { Injectable } from '@nestjs/common';
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
      return done();
    }
    let identified: Caller | undefined | Promise<Caller | undefined>;
    try {
      identified = this.access.identify(spec.access, request.headers.authorization);
    } catch (error) {
      this.count(request, reply, spec, undefined);
      throw error;
    }
    if (!(identified instanceof Promise)) {
      this.admit(request, reply, spec, identified);
      return done();
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

  private attempt(done: Done, step: () => void): void {
    try {
      step();
    } catch (error) {
      return done(asError(error));
    }
    done();
  }

  private admit(request: FastifyRequest, reply: FastifyReply, spec: OperationSpec, caller: Caller | undefined): void {
    this.count(request, reply, spec, caller);
    this.access.authorize(spec, caller);
    assertMediaType(request.raw, spec);
    if (hasBody(request.raw)) limitBodyTime(request.raw, spec.rawBody === undefined ? SLOW_CLIENT_MS : SLOW_UPLOAD_MS);
    request.call = new RequestCall(request, spec, caller);
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
