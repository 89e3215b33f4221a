import { context, propagation } from '@opentelemetry/api';
import { AsyncContext } from './async-context.js';
import { W3cPropagator } from './w3c-propagator.js';

export interface TracingOptions {
  service: string;
  version: string;
  /** Base URL of an OTLP/HTTP collector; nothing is recorded without it. */
  endpoint?: string;
}

export interface Tracing {
  /** Sends what is still in memory. */
  stop(): Promise<void>;
}

/** Trace context always travels; spans are recorded and exported only with an endpoint. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  context.setGlobalContextManager(new AsyncContext());
  propagation.setGlobalPropagator(new W3cPropagator());
  if (options.endpoint === undefined) return { stop: () => Promise.resolve() };
  // 40 modules: only a process that exports pays for them.
  const { startExporting } = await import('./export-spans.js');
  return startExporting({ ...options, endpoint: options.endpoint });
}
