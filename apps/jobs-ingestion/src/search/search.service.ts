import { Inject, Injectable } from '@nestjs/common';
import { type CountFacetsRequest, PostingViewedV1, SearchPerformedV1, type SearchJobsRequest } from '#contracts';
import { type Clock, companyName, type FieldProblem, invalid, newId, notFound } from '#kernel';
import { RawJson, TelemetryBuffer } from '#messaging';
import { Database } from '#persistence';
import { CLOCK } from '#platform';
import type { JobsOwnSettings } from '../config.js';
import { wantedPlaceWords } from '../ingestion/domain/place-words.js';
import { skillNameOf } from '../skills/domain/extract-skills.js';
import { readCursor } from './domain/cursor.js';
import type { CurrencyContext } from './queries/compared-currency.js';
import { countFacets } from './queries/count-facets.js';
import { POSTING_DETAIL, POSTING_SNAPSHOT } from './queries/posting-detail.js';
import type { FilterContext } from './queries/posting-filters.js';
import { searchPostings } from './queries/search-postings.js';
import { JOBS_SETTINGS } from '../tokens.js';

/** Rows that page numbers reach. Skipping rows costs as much as reading them; a cursor costs nothing. */
const DEEPEST_ROW = 10_000;

@Injectable()
export class SearchService {
  constructor(
    private readonly database: Database,
    @Inject(TelemetryBuffer) private readonly telemetry: Pick<TelemetryBuffer, 'record'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JOBS_SETTINGS) private readonly settings: Pick<JobsOwnSettings, 'SEARCH_DEFAULT_CURRENCY'>,
  ) {}

  async searchPostings(request: SearchJobsRequest, userId: string | null): Promise<RawJson> {
    refuseContradictions(request);
    const context = this.contextOf(request, userId);
    const sort = request.sort_by === 'relevance' && request.q === undefined ? 'posted_date' : request.sort_by;
    const { sql, values } = searchPostings(withLexiconNames(request), {
      ...context,
      cursor:
        request.cursor === undefined
          ? null
          : readCursor(request.cursor, sort ?? 'posted_date', (request.sort_order ?? 'desc') === 'desc'),
      newestId: newId(),
    });
    const json = await this.database.queryText('search-postings', sql, values, { customPlan: true });
    if (userId !== null) this.recordSearch(request, userId, json, context.now);
    return RawJson.from(json);
  }

  async countFacets(request: CountFacetsRequest, userId: string | null): Promise<RawJson> {
    refuseContradictions(request);
    const { sql, values } = countFacets(withLexiconNames(request), this.contextOf(request, userId));
    return RawJson.from(await this.database.queryText('count-facets', sql, values, { customPlan: true }));
  }

  async getPosting(postingId: string, userId: string | null): Promise<RawJson> {
    const [row] = await this.database.query<{ json: string }>('posting-detail', POSTING_DETAIL, [postingId, userId]);
    if (row === undefined) throw notFound('Job');
    if (userId !== null) {
      const viewed = { user_id: userId, posting_id: postingId, viewed_at: this.clock.now().toISOString() };
      this.telemetry.record(PostingViewedV1, viewed, { subject: postingId });
    }
    return RawJson.from(row.json);
  }

  async getSnapshot(postingId: string): Promise<RawJson> {
    const [row] = await this.database.query<{ json: string }>('posting-snapshot', POSTING_SNAPSHOT, [postingId]);
    if (row === undefined) throw notFound('Job');
    return RawJson.from(row.json);
  }

  private contextOf(request: CountFacetsRequest, userId: string | null): FilterContext & CurrencyContext {
    return {
      now: this.clock.now(),
      companyKey: request.company === undefined ? null : companyName(request.company).core,
      placeWords: request.location === undefined ? [] : wantedPlaceWords(request.location),
      userId,
      defaultCurrency: this.settings.SEARCH_DEFAULT_CURRENCY,
    };
  }

  /** Which filters were used and how many results there were; not the words. */
  private recordSearch(request: SearchJobsRequest, userId: string, json: string, now: Date): void {
    const filters = Object.entries(request)
      .filter(([name, value]) => !NOT_FILTERS.has(name) && value !== undefined)
      .map(([name]) => name);
    const total = Number(/^\{"total" : (\d+)/.exec(json)?.[1] ?? 0);
    const performed = { user_id: userId, filters, total, performed_at: now.toISOString() };
    this.telemetry.record(SearchPerformedV1, performed, { subject: userId });
  }
}

const NOT_FILTERS: ReadonlySet<string> = new Set(['sort_by', 'sort_order', 'page', 'per_page', 'cursor', 'fields']);

/** The lexicon's name finds what was extracted: "ts" and "golang" are TypeScript and Go. */
const withLexiconNames = <R extends CountFacetsRequest>(request: R): R => ({
  ...request,
  skills: request.skills?.map((skill) => skillNameOf(skill) ?? skill),
});

function refuseContradictions(request: SearchJobsRequest): void {
  const problems: FieldProblem[] = [];
  const { min_salary: min, max_salary: max, page = 1, per_page: perPage = 20 } = request;
  if (min !== undefined && max !== undefined && min > max) {
    problems.push({ field: 'max_salary', message: `must be at least min_salary (${min})` });
  }
  if (page * perPage > DEEPEST_ROW && request.cursor === undefined) {
    problems.push({
      field: 'page',
      message: `page × per_page reaches at most row ${DEEPEST_ROW}; go on with cursor=next_cursor of the page before`,
    });
  }
  if (problems.length > 0) throw invalid(problems);
}
