import { context, propagation } from '@opentelemetry/api';
import { requestContext } from '../logging/request-context.js';

export type Carrier = Record<string, string>;

/** `traceparent` (and `tracestate`) of what runs now, to send along; of what is not recorded, as it came. */
export function injectTrace(carrier: Carrier = {}): Carrier {
  propagation.inject(context.active(), carrier);
  if (carrier.traceparent !== undefined) return carrier;
  const traceparent = requestContext.get()?.traceparent;
  if (traceparent !== undefined) carrier.traceparent = traceparent;
  return carrier;
}

/** Runs `work` as a child of the trace that came along; without one it just runs. */
export function continueTrace<T>(carrier: Readonly<Record<string, string | undefined>>, work: () => T): T {
  return context.with(propagation.extract(context.active(), carrier), work);
}
