export interface TracingOptions {
  service: string;
  version: string;
  /** Base URL of an OTLP/HTTP collector; nothing is recorded without it. */
  endpoint?: string;
  /** Share of the requests from outside, and of what starts by itself, that is recorded; all of them unless told. */
  ratio?: number;
  /** Requests from outside that are recorded in every second whatever `ratio` says; none unless told. */
  perSecond?: number;
}

export interface Tracing {
  /** Sends what is still in memory. */
  stop(): Promise<void>;
}
