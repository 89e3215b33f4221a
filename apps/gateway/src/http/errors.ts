import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, notFound, toAppError } from '#kernel';
import { Logger, problemBody, publicErrorBody, retryAfterSeconds, statusOf } from '#platform';
import { readSlowly } from './refused-bodies.js';
import { RouteTable } from './route-table.js';

const malformed = (message: string, cause: unknown): AppError =>
  new AppError({ code: 'MALFORMED_REQUEST', kind: 'malformed', message, cause });

/** The one place where something thrown becomes an answer. */
@Injectable()
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger: Logger;

  constructor(
    logger: Logger,
    private readonly routes: RouteTable,
  ) {
    this.logger = logger.for('http');
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.send(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), thrown);
  }

  send(request: FastifyRequest, reply: FastifyReply, thrown: unknown): void {
    const isUnknownRoute = thrown instanceof HttpException && thrown.getStatus() === 404;
    const error = isUnknownRoute ? this.unmatched(request, reply) : fromThrown(thrown, request);
    if (error === undefined) return;
    const fields = {
      request_id: request.id,
      trace_id: request.call?.context.traceparent?.split('-')[1],
      operation: request.routeOptions.config.endpoint?.operationId,
    };
    if (error.kind === 'internal') this.logger.error('a request failed', error.cause ?? error, fields);
    if (reply.sent || reply.raw.headersSent) {
      // A stream broke after its head was out; all that is left is to end the connection.
      reply.raw.destroy();
      return;
    }
    sendError(request, reply, error);
  }

  /** 405 with `Allow` where another method would have worked, 204 for OPTIONS, otherwise 404. */
  private unmatched(request: FastifyRequest, reply: FastifyReply): AppError | undefined {
    const methods = this.routes.methodsOf(request.raw.url ?? '');
    if (methods.length === 0) return notFound('This path');
    reply.header('allow', methods.join(', '));
    if (request.method === 'OPTIONS') {
      reply.code(204).send();
      return undefined;
    }
    const message = `${request.method} does not work here; use ${methods.join(', ')}.`;
    return new AppError({ code: 'METHOD_NOT_ALLOWED', kind: 'not-found', message });
  }
}

export function sendError(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  const wantsProblem = (request.headers.accept ?? '').includes('application/problem+json');
  const status = statusOf(error);
  if (status === 401) {
    const invalid = request.headers.authorization === undefined ? '' : ', error="invalid_token"';
    reply.header('www-authenticate', `Bearer realm="career-copilot"${invalid}`);
  }
  const retryAfter = retryAfterSeconds(error);
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  readSlowly(request.raw, reply);
  const body = wantsProblem ? problemBody(error, request.id) : publicErrorBody(error, request.id);
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('content-type', wantsProblem ? 'application/problem+json' : 'application/json; charset=utf-8')
    // As text: Fastify would otherwise look for a serializer of the route.
    .send(JSON.stringify(body));
}

/** Nest turns errors of Fastify into exceptions of its own, which keep nothing but the status. */
const FROM_STATUS: Readonly<Record<number, (cause: object, request: FastifyRequest) => AppError>> = {
  404: () => notFound('This path'),
  408: (cause) => malformed('The request took too long to arrive.', cause),
  413: (cause, { routeOptions }) =>
    new AppError({
      code: 'PAYLOAD_TOO_LARGE',
      kind: 'too-large',
      message: `The body is larger than ${routeOptions.bodyLimit} bytes.`,
      cause,
    }),
  415: (cause) =>
    new AppError({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      kind: 'unsupported-media',
      message: 'Send `Content-Type: application/json` (UTF-8).',
      cause,
    }),
};

/** Errors of the framework carry a status; everything else unknown is a defect of ours. */
function fromThrown(thrown: unknown, request: FastifyRequest): AppError {
  if (thrown instanceof AppError || typeof thrown !== 'object' || thrown === null) return toAppError(thrown);
  const status: unknown = thrown instanceof HttpException ? thrown.getStatus() : Reflect.get(thrown, 'statusCode');
  if (typeof status !== 'number' || status < 400 || status >= 500) return toAppError(thrown);
  return FROM_STATUS[status]?.(thrown, request) ?? malformed('The request cannot be read.', thrown);
}
