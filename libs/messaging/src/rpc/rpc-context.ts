import type { Caller } from '#contracts';

/** What travels beside a request. */
export interface RpcContext {
  /** Verified by the gateway; absent only where the contract says `optional` or `none`. */
  caller?: Caller;
  requestId: string;
  traceparent?: string;
  /** Milliseconds left now. Work whose deadline has passed is not started; handed on, the next call gets what is left. */
  timeoutMs: number;
  /** Fires when the deadline passes. */
  signal: AbortSignal;
  idempotencyKey?: string;
  /** Client address as the gateway saw it (behind TRUSTED_PROXIES), for rate limits and audit. */
  clientAddress?: string;
  userAgent?: string;
}

/** What a caller gives along; the client turns it into headers. */
export type OutgoingContext = Partial<Omit<RpcContext, 'signal'>>;

/** JSON that is ready as bytes (built in SQL): passed through to the HTTP answer untouched. */
export class RawJson {
  constructor(readonly bytes: Uint8Array) {}
  static from(text: string): RawJson {
    return new RawJson(Buffer.from(text, 'utf8'));
  }
}
