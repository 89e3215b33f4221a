import {
  type Context,
  createTraceState,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';

const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';
const PATTERN = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

/**
 * W3C trace context. The one of the SDK does the same, but the SDK is loaded only when traces are exported, and
 * `traceparent` has to travel either way: a request id for the whole journey.
 */
export class W3cPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(context);
    if (span === undefined || !isSpanContextValid(span)) return;
    const flags = span.traceFlags.toString(16).padStart(2, '0');
    setter.set(carrier, TRACEPARENT, `00-${span.traceId}-${span.spanId}-${flags}`);
    if (span.traceState !== undefined) setter.set(carrier, TRACESTATE, span.traceState.serialize());
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = getter.get(carrier, TRACEPARENT);
    const match = PATTERN.exec((Array.isArray(header) ? header[0] : header) ?? '');
    const [, traceId, spanId, flags] = match ?? [];
    if (traceId === undefined || spanId === undefined || flags === undefined) return context;
    const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
    if (!isSpanContextValid(span)) return context;
    const state = getter.get(carrier, TRACESTATE);
    const text = Array.isArray(state) ? state.join(',') : state;
    return trace.setSpanContext(context, text ? { ...span, traceState: createTraceState(text) } : span);
  }

  fields(): string[] {
    return [TRACEPARENT, TRACESTATE];
  }
}
