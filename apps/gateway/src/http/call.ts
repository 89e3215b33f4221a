import type { FastifyRequest } from 'fastify';
import type { Call } from './operation.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Filled by the entrance hook before any handler runs. */
    call: Call | null;
  }
}

export function callOf(request: FastifyRequest): Call {
  if (request.call === null) throw new Error('The entrance hook did not run for this route');
  return request.call;
}
