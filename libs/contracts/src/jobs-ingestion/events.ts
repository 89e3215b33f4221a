import { defineEvent } from '../define.js';
import { Closed, CountryCode, Nullable, StringEnum, Timestamp, Type, Uuid } from '../schema.js';

export const VISA_VERDICTS = ['yes', 'maybe', 'no', 'unknown'] as const;
export const SCRAPE_OUTCOMES = ['ok', 'unchanged', 'blocked', 'failed', 'disabled'] as const;

const posting = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';
const run = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d31';
const user = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';

/** The facts about a posting other services keep or show; postings are public, so title and company may travel. */
export const PostingFacts = Closed({
  posting_id: Uuid(),
  title: Type.String({ maxLength: 300 }),
  company: Type.String({ maxLength: 200 }),
  country: Nullable(CountryCode()),
  source: Type.String({ maxLength: 60 }),
  visa: StringEnum(VISA_VERDICTS),
  skills: Type.Array(Type.String({ maxLength: 80 }), { maxItems: 60 }),
});
const facts = {
  posting_id: posting,
  title: 'Backend Engineer',
  company: 'Northwind GmbH',
  country: 'DE',
  source: 'arbeitnow',
  visa: 'yes' as const,
  skills: ['TypeScript'],
};

export const SourceCounts = Closed({
  fetched: Type.Integer({ minimum: 0 }),
  created: Type.Integer({ minimum: 0 }),
  changed: Type.Integer({ minimum: 0 }),
  duplicate_url: Type.Integer({ minimum: 0 }),
  duplicate_fingerprint: Type.Integer({ minimum: 0 }),
  duplicate_near: Type.Integer({ minimum: 0 }),
  unchanged: Type.Integer({ minimum: 0 }),
  rejected: Type.Integer({ minimum: 0 }),
  with_visa_evidence: Type.Integer({ minimum: 0 }),
});
const counts = {
  fetched: 60,
  created: 50,
  changed: 1,
  duplicate_url: 4,
  duplicate_fingerprint: 3,
  duplicate_near: 1,
  unchanged: 0,
  rejected: 1,
  with_visa_evidence: 7,
};

export const ScrapeStartedV1 = defineEvent('jobs-ingestion', 'scrape.started', {
  summary: 'An ingestion run began.',
  data: Closed({ run_id: Uuid(), sources: Type.Array(Type.String()) }),
  sample: { run_id: run, sources: ['arbeitnow', 'themuse'] },
});
export const ScrapeSourceFinishedV1 = defineEvent('jobs-ingestion', 'scrape.source-finished', {
  summary: 'One source of a run is through. Blocked and empty are different outcomes.',
  data: Closed({ run_id: Uuid(), source: Type.String(), outcome: StringEnum(SCRAPE_OUTCOMES), counts: SourceCounts }),
  sample: { run_id: run, source: 'arbeitnow', outcome: 'ok', counts },
});
export const ScrapeFinishedV1 = defineEvent('jobs-ingestion', 'scrape.finished', {
  summary: 'All sources of a run are through.',
  data: Closed({ run_id: Uuid(), totals: SourceCounts }),
  sample: { run_id: run, totals: counts },
});
export const PostingCreatedV1 = defineEvent('jobs-ingestion', 'posting.created', {
  summary: 'A real opening was seen for the first time.',
  data: PostingFacts,
  sample: facts,
});
export const PostingChangedV1 = defineEvent('jobs-ingestion', 'posting.changed', {
  summary: 'A known opening changed in something readers care about.',
  data: Closed({ ...PostingFacts.properties, changed: Type.Array(Type.String()) }),
  sample: { ...facts, changed: ['salary'] },
});
export const PostingClosedV1 = defineEvent('jobs-ingestion', 'posting.closed', {
  summary: 'An opening is gone from every source that listed it, or expired.',
  data: Closed({ posting_id: Uuid(), reason: StringEnum(['expired', 'gone', 'admin']) }),
  sample: { posting_id: posting, reason: 'expired' },
});
export const PostingBookmarkedV1 = defineEvent('jobs-ingestion', 'posting.bookmarked', {
  summary: 'Somebody kept a posting.',
  data: Closed({ user_id: Uuid(), posting_id: Uuid() }),
  sample: { user_id: user, posting_id: posting },
});
export const PostingUnbookmarkedV1 = defineEvent('jobs-ingestion', 'posting.unbookmarked', {
  summary: 'Somebody let a kept posting go.',
  data: Closed({ user_id: Uuid(), posting_id: Uuid() }),
  sample: { user_id: user, posting_id: posting },
});
export const PostingViewedV1 = defineEvent('jobs-ingestion', 'posting.viewed', {
  summary: 'A signed-in person opened a posting. Telemetry, not a fact of record.',
  data: Closed({ user_id: Uuid(), posting_id: Uuid(), viewed_at: Timestamp() }),
  sample: { user_id: user, posting_id: posting, viewed_at: '2026-11-20T10:00:00.000Z' },
});
export const SearchPerformedV1 = defineEvent('jobs-ingestion', 'search.performed', {
  summary: 'A signed-in person searched: which filters and how many results, not the words. Telemetry.',
  data: Closed({
    user_id: Uuid(),
    filters: Type.Array(Type.String()),
    total: Type.Integer({ minimum: 0 }),
    performed_at: Timestamp(),
  }),
  sample: { user_id: user, filters: ['q', 'visa_support'], total: 42, performed_at: '2026-11-20T10:00:00.000Z' },
});
export const MatchFoundV1 = defineEvent('jobs-ingestion', 'match.found', {
  summary: 'A new posting fits a person well.',
  data: Closed({
    user_id: Uuid(),
    posting_id: Uuid(),
    title: Type.String({ maxLength: 300 }),
    company: Type.String({ maxLength: 200 }),
    score: Type.Number({ minimum: 0, maximum: 100 }),
  }),
  sample: { user_id: user, posting_id: posting, title: 'Backend Engineer', company: 'Northwind GmbH', score: 87.5 },
});
