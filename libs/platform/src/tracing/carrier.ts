import { context, propagation } from '@opentelemetry/api';

export type Carrier = Record<string, string>;

/** `traceparent` (and `tracestate`) of what runs now, to send along. */
export function injectTrace(carrier: Carrier = {}): Carrier {
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** Runs `work` as a child of the trace that came along; without one it just runs. */
export function continueTrace<T>(carrier: Readonly<Record<string, string | undefined>>, work: () => T): T {
  return context.with(propagation.extract(context.active(), carrier), work);
}
