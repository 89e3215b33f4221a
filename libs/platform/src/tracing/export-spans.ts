import { SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace-node';
import { isTraceChosen } from './sampling.js';
import type { Tracing, TracingOptions } from './tracing-options.js';

/** Batches spans and posts them to `<endpoint>/v1/traces`. Context and propagation are already set. */
export function startExporting(options: TracingOptions & { endpoint: string; ratio: number }): Tracing {
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: 5000,
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.service, 'service.version': options.version }),
    sampler: new ParentBasedSampler({ root: rootSampler(options.ratio) }),
    spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 1000 })],
  });
  trace.setGlobalTracerProvider(provider);
  return { stop: () => provider.shutdown() };
}

/** Requests from outside were chosen before their span is made (see `admitTrace`); what starts by itself is chosen here. */
const rootSampler = (ratio: number): Sampler => ({
  shouldSample: (_context, traceId, _name, kind) => ({
    decision:
      kind === SpanKind.SERVER || isTraceChosen(traceId, ratio)
        ? SamplingDecision.RECORD_AND_SAMPLED
        : SamplingDecision.NOT_RECORD,
  }),
  toString: () => `share ${ratio}`,
});
