export interface TracingOptions {
  service: string;
  version: string;
  /** Base URL of an OTLP/HTTP collector; nothing is recorded without it. */
  endpoint?: string;
  /** Share of the requests from outside, and of what starts by itself, that is recorded; all of them unless told. */
  ratio?: number;
}

export interface Tracing {
  /** Sends what is still in memory. */
  stop(): Promise<void>;
}
