import { continueTrace, requestContext, withSpan } from '#platform';
import type { Headers } from '../bus/bus.port.js';
import { HEADER } from '../rpc/wire.js';

export interface MessageScope {
  service: string;
  durable: string;
  type: string;
  requestId: string;
  headers: Headers;
}

/** Log lines carry the request that caused the message, and its trace goes on here. */
export function inMessageScope<T>(scope: MessageScope, work: () => Promise<T>): Promise<T> {
  const { service, durable, type, requestId, headers } = scope;
  return requestContext.run({ requestId, service, traceparent: headers[HEADER.traceparent] }, () =>
    continueTrace(headers, () =>
      withSpan(`handle ${type}`, { kind: 'consumer', attributes: { 'messaging.consumer': durable } }, work),
    ),
  );
}
