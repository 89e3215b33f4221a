/**
 * `trusted`: a base URL of the code or the operator's configuration, which may lie inside. `public-only`: anything a
 * person or another site chose; only addresses of the public internet are connected to.
 */
export type UrlPolicy = 'trusted' | 'public-only';

export interface OutboundRequest {
  /** Name of the source or provider: in metrics and logs instead of the URL. */
  target: string;
  url: string;
  policy: UrlPolicy;
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Lower-case names. Left behind when a redirect leaves the origin. */
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Media types that can be used, e.g. `application/json`; another one is `bad-content`. */
  accept?: readonly string[];
  /** Conditional request: `not-modified` instead of a body. */
  etag?: string;
  lastModified?: string;
  /** All of it: attempts, redirects, body; not the wait for a turn. */
  timeoutMs?: number;
  /** Of the decoded body. */
  maxBytes?: number;
  maxRedirects?: number;
  /** Further attempts after a failure that may pass. */
  retries?: number;
  /** GET, HEAD, PUT and DELETE are repeatable; say so of a POST that has its own idempotency key. */
  repeatable?: boolean;
  signal?: AbortSignal;
}

const MB = 1024 * 1024;

/** What other sites may cost us. Tighter where a person chose the URL. */
const DEFAULTS = {
  trusted: { timeoutMs: 30_000, maxBytes: 20 * MB },
  'public-only': { timeoutMs: 10_000, maxBytes: 5 * MB },
} as const;

export interface FullRequest extends OutboundRequest {
  method: NonNullable<OutboundRequest['method']>;
  timeoutMs: number;
  maxBytes: number;
  maxRedirects: number;
  retries: number;
  repeatable: boolean;
}

export function withDefaults(request: OutboundRequest): FullRequest {
  const method = request.method ?? 'GET';
  const defaults = DEFAULTS[request.policy];
  return {
    ...request,
    method,
    timeoutMs: request.timeoutMs ?? defaults.timeoutMs,
    maxBytes: request.maxBytes ?? defaults.maxBytes,
    maxRedirects: request.maxRedirects ?? 5,
    retries: request.retries ?? 2,
    repeatable: request.repeatable ?? (method !== 'POST' && method !== 'PATCH'),
  };
}
