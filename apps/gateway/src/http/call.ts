import type { FastifyRequest } from 'fastify';
import type { Caller } from '#contracts';
import { AppError, unauthenticated } from '#kernel';
import type { OutgoingContext } from '#messaging';
import { admitTrace, withSpanAside } from '#platform';
import { clientAddress } from '../limits/client-address.js';
import type { Call, OperationSpec } from './operation.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Filled by the entrance before any handler runs. */
    call: RequestCall | null;
  }
}

export function callOf(request: FastifyRequest): RequestCall {
  if (request.call === null) throw new Error('The entrance did not run for this route');
  return request.call;
}

export const STANDARD_TIMEOUT_MS = 5_000;
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const BEARER = /^bearer +(\S+)$/i;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** Reads of the request what the handler's one question takes along. Rare parts are only read when asked for. */
export class RequestCall implements Call {
  readonly context: OutgoingContext;

  constructor(
    private readonly request: FastifyRequest,
    private readonly spec: OperationSpec,
    readonly caller: Caller | undefined,
  ) {
    const { headers } = request;
    this.context = {
      caller,
      requestId: request.id,
      timeoutMs: spec.timeoutMs ?? STANDARD_TIMEOUT_MS,
      clientAddress: clientAddress(request),
      userAgent: headers['user-agent']?.slice(0, 400),
      traceparent: traceparentOf(headers.traceparent),
      idempotencyKey: spec.idempotent === true ? idempotencyKeyOf(headers['idempotency-key']) : undefined,
    };
  }

  /**
   * Runs the handler; where its trace is recorded, inside a span that is the parent of what the services do. Otherwise
   * the client's trace goes on as it came.
   */
  run(work: () => Promise<void>): Promise<void> {
    const { context } = this;
    const { isChosen, traceparent } = admitTrace(context.traceparent);
    context.traceparent = traceparent;
    if (!isChosen) return work();
    return withSpanAside(this.spec.operationId, { kind: 'server', traceparent }, (own) => {
      context.traceparent = own;
      return work();
    });
  }

  userId(): string {
    if (this.caller === undefined) throw unauthenticated();
    return this.caller.user_id;
  }

  get bearer(): string | undefined {
    return BEARER.exec(this.request.headers.authorization ?? '')?.[1];
  }

  get respondAsync(): boolean {
    return /(^|[,;\s])respond-async([,;\s]|$)/i.test(String(this.request.headers.prefer ?? ''));
  }

  get wantsStream(): boolean {
    return (this.request.headers.accept ?? '').includes('text/event-stream');
  }

  cookie(name: string): string | undefined {
    for (const pair of (this.request.headers.cookie ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
    return undefined;
  }

  get signal(): AbortSignal {
    const controller = new AbortController();
    const { socket } = this.request.raw;
    if (socket.destroyed) controller.abort();
    else socket.once('close', () => controller.abort());
    return controller.signal;
  }
}

const traceparentOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && TRACEPARENT.test(header) ? header : undefined;

function idempotencyKeyOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && IDEMPOTENCY_KEY.test(header)) return header;
  throw new AppError({
    code: 'MALFORMED_REQUEST',
    kind: 'malformed',
    message: 'Idempotency-Key must have 1 to 200 visible ASCII characters.',
  });
}
