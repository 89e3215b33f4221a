import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { describeError } from '../logging/index.js';

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
  return tracer.startActiveSpan(
    name,
    { kind: KIND[options.kind ?? 'internal'], attributes: options.attributes },
    async (span) => {
      try {
        return await work(span);
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
    },
  );
}
