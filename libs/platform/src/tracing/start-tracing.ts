import { context, propagation } from '@opentelemetry/api';
import { AsyncContext } from './async-context.js';
import { recordShare } from './sampling.js';
import type { Tracing, TracingOptions } from './tracing-options.js';
import { W3cPropagator } from './w3c-propagator.js';

/** Trace context always travels; spans are recorded and exported only with an endpoint. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  context.setGlobalContextManager(new AsyncContext());
  propagation.setGlobalPropagator(new W3cPropagator());
  if (options.endpoint === undefined) return { stop: () => Promise.resolve() };
  // 40 modules: only a process that exports pays for them.
  const { startExporting } = await import('./export-spans.js');
  const { endpoint, ratio = 1, perSecond = 0 } = options;
  const exporting = startExporting({ ...options, endpoint, ratio });
  recordShare({ ratio, perSecond });
  return {
    stop: () => {
      recordShare(undefined);
      return exporting.stop();
    },
  };
}
