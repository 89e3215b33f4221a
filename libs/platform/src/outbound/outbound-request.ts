/**
 * `trusted`: a base URL of the code or the operator's configuration, which may lie inside. `public-only`: anything a
 * person or another site chose; only addresses of the public internet are connected to. `own-network`: chosen by a
 * person where the operator lets people call into his network; addresses of clouds' metadata stay closed even then.
 */
export type UrlPolicy = 'trusted' | 'public-only' | 'own-network';

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
  /**
   * The caller has a queue and patience of its own: no turn is taken, no pace kept, and what the host did to others
   * does not matter. For hosts many people share, where one's broken address must not hold up everybody's.
   */
  unpaced?: boolean;
  /** The status is all that matters: the body of a success is thrown away, however large. */
  ignoreBody?: boolean;
  signal?: AbortSignal;
}

const MB = 1024 * 1024;

/** What other sites may cost us. Tighter where a person chose the URL. */
const DEFAULTS = {
  trusted: { timeoutMs: 30_000, maxBytes: 20 * MB },
  'public-only': { timeoutMs: 10_000, maxBytes: 5 * MB },
  'own-network': { timeoutMs: 10_000, maxBytes: 5 * MB },
} as const;

export interface FullRequest extends OutboundRequest {
  method: NonNullable<OutboundRequest['method']>;
  timeoutMs: number;
  maxBytes: number;
  maxRedirects: number;
  retries: number;
  repeatable: boolean;
  unpaced: boolean;
  ignoreBody: boolean;
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
    unpaced: request.unpaced ?? false,
    ignoreBody: request.ignoreBody ?? false,
  };
}
