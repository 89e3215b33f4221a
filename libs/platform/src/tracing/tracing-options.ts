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
