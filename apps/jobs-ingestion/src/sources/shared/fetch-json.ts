import { jsonOf, type OutboundOutcome } from '#platform';
import type { FetchContext, PageOutcome, SourcePage } from '../source.port.js';

type Refusal = Exclude<PageOutcome, { kind: 'ok' }>;

export type JsonAnswer =
  { outcome: { kind: 'ok' }; body: unknown; validators: SourcePage['validators'] } | { outcome: Refusal };

export interface JsonRequest {
  source: string;
  url: string;
  context: FetchContext;
  /** A whole listing is worth a conditional request; a page of a moving list is not. */
  conditional: boolean;
}

/** One GET for JSON, told apart into what it says about the source. */
export async function fetchJson({ source, url, context, conditional }: JsonRequest): Promise<JsonAnswer> {
  const known = conditional ? context.etags.get(url) : undefined;
  const outcome = await context.http.request({
    target: source,
    url,
    policy: 'trusted',
    accept: ['application/json'],
    etag: known?.etag,
    lastModified: known?.lastModified,
    signal: context.signal,
  });
  if (outcome.kind !== 'ok') return { outcome: refusalOf(outcome) };
  const body = jsonOf(outcome);
  if (body === undefined) return { outcome: unusable('the answer is not JSON') };
  const { etag, lastModified } = outcome;
  const isRepeatable = conditional && (etag !== undefined || lastModified !== undefined);
  return { outcome: { kind: 'ok' }, body, validators: isRepeatable ? { key: url, etag, lastModified } : null };
}

/** The site answered, but not with what it documents: it may have changed, or this is an error page with a 200. */
export const unusable = (reason: string): Refusal => ({ kind: 'failed', reason, retryable: false });

function refusalOf(outcome: Exclude<OutboundOutcome, { kind: 'ok' }>): Refusal {
  switch (outcome.kind) {
    case 'not-modified':
      return { kind: 'unchanged' };
    case 'blocked':
      return { kind: 'blocked', reason: `the site answered ${outcome.status}`, until: outcome.until };
    case 'not-found':
      return { kind: 'failed', reason: `nothing there (${outcome.status})`, retryable: false };
    case 'failed':
      return { kind: 'failed', reason: outcome.reason, retryable: outcome.retryable };
  }
}

/** A page that brought nothing, with why. */
export const pageWithout = (part: string, board: string | null, outcome: PageOutcome): SourcePage => ({
  part,
  board,
  outcome,
  postings: [],
  rejected: [],
  validators: null,
});
