export { type Carrier, continueTrace, injectTrace } from './carrier.js';
export { startTracing } from './start-tracing.js';
export type { Tracing, TracingOptions } from './tracing-options.js';
export { type SpanOptions, withSpan } from './with-span.js';
