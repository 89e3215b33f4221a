import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answer } from './answer.js';
import type { OperationSpec } from './operation.js';

export function sendResult(spec: OperationSpec, _request: FastifyRequest, reply: FastifyReply, result: unknown): void {
  if (result instanceof Answer) {
    reply.send(result.body);
    return;
  }
  reply.status(spec.status ?? 200);
  if (spec.status === 204) {
    reply.send();
    return;
  }
  reply.header('content-type', 'application/json; charset=utf-8').send(result);
}
