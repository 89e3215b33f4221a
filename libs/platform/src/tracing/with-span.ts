import {
  type Attributes,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { describeError } from '../logging/index.js';
import type { Carrier } from './carrier.js';

const tracer = trace.getTracer('career-copilot');

export interface SpanOptions {
  /** `internal` unless told. */
  kind?: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  attributes?: Attributes;
}

const KIND = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

/**
 * Runs `work` inside a span. While tracing is off the API's no-op span carries the parent's context on and records
 * nothing. Attributes are names, counts and ids: no values of people.
 */
export async function withSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const { kind = 'internal', attributes } = options;
  return tracer.startActiveSpan(name, { kind: KIND[kind], attributes }, (span) => ending(span, () => work(span)));
}

/**
 * A span that is not followed through awaits: `work` is handed its traceparent to send along. For a door, which asks one
 * service and does nothing else that is traced: up to Node 22 following even one request makes every await of the
 * process dearer for good, also those of the requests that are not recorded.
 */
export async function withSpanAside<T>(
  name: string,
  options: { kind: 'server'; traceparent: string | undefined },
  work: (traceparent: string | undefined) => Promise<T>,
): Promise<T> {
  const { kind, traceparent } = options;
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
  const span = tracer.startSpan(name, { kind: KIND[kind] }, parent);
  const carrier: Carrier = {};
  propagation.inject(trace.setSpan(parent, span), carrier);
  return ending(span, () => work(carrier.traceparent ?? traceparent));
}

async function ending<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (span.isRecording()) {
      const { name: type, code, message } = describeError(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: code ?? type });
      span.addEvent('exception', { 'exception.type': type, 'exception.message': message });
    }
    throw error;
  } finally {
    span.end();
  }
}
