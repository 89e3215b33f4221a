import type { OutboundHttp } from '#platform';
import type { NormalisedPosting } from '../normalise/domain/posting.js';

/** Reason of an item that its board itself keeps from the public: it is read well, and gone. */
export const NOT_LISTED = 'not listed';

/** One item that could not become a posting. The page it came with is kept. */
export interface RejectedItem {
  reason: string;
  sourceId?: string;
}

/**
 * What came of one request to a source. A site that refuses us and a board that is empty are different things: only
 * `ok` and `unchanged` say something about which postings exist.
 */
export type PageOutcome =
  | { kind: 'ok' }
  /** The answer is the one we know (304): everything seen there before is still there. */
  | { kind: 'unchanged' }
  /** 401, 403, 429: not now, or not for us. */
  | { kind: 'blocked'; reason: string; until?: Date }
  | { kind: 'failed'; reason: string; retryable: boolean };

export interface SourcePage {
  /** What was asked: a page number, a board. Never a whole URL, which may hold a key. */
  part: string;
  /** Company board the page is all of; null for a page of an aggregator. */
  board: string | null;
  outcome: PageOutcome;
  postings: NormalisedPosting[];
  rejected: RejectedItem[];
  /** To be kept once the postings are stored, not before: a page marked as known but never stored would be lost. */
  validators: (Validators & { key: string }) | null;
}

export interface Validators {
  etag?: string;
  lastModified?: string;
}

export interface FetchContext {
  http: Pick<OutboundHttp, 'request'>;
  /** Stop paging once everything on a page is older. Only for sources that list the newest first. */
  since?: Date;
  /** These boards instead of the configured ones. */
  boards?: readonly string[];
  /** Validators of earlier answers by the `validatorsKey` of their page. */
  etags: { get(key: string): Validators | undefined };
  signal: AbortSignal;
  /** Postings at most; paging stops once reached. */
  limit: number;
  now: Date;
}

export interface JobSource {
  /** Stable, lower case: half of every natural key. */
  readonly name: string;
  readonly displayName: string;
  readonly kind: 'aggregator' | 'board';
  readonly attribution: { name: string; url: string };
  /** Why it cannot be used as configured, e.g. no boards; null when it can. */
  readonly unavailableReason: string | null;
  /** At most so often, as its terms ask. */
  readonly minIntervalMs: number;
  /** What its hosts ask for beyond one request at a time. */
  readonly pace: readonly { host: string; ratePerSecond: number }[];
  /** Requests one after the other, as far as the reader pulls. Never throws for what the other side sends. */
  fetch(context: FetchContext): AsyncIterable<SourcePage>;
}
