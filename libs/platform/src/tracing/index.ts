export { type Carrier, continueTrace, injectTrace } from './carrier.js';
export { startTracing, type Tracing, type TracingOptions } from './start-tracing.js';
export { type SpanOptions, withSpan } from './with-span.js';
