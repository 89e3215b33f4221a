export { type Carrier, continueTrace, injectTrace } from './carrier.js';
export { admitTrace, isRecorded } from './sampling.js';
export { startTracing } from './start-tracing.js';
export type { Tracing, TracingOptions } from './tracing-options.js';
export { type SpanOptions, withSpan, withSpanAside } from './with-span.js';
