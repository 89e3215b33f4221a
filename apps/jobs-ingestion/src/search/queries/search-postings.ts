import type { SearchJobsRequest } from '#contracts';
import type { Cursor, SortBy } from '../domain/cursor.js';
import { Parameters } from '../parameters.js';
import { comparedCurrency, type CurrencyContext } from './compared-currency.js';
import { jobJson, jobMembers } from './job-json.js';
import { type FilterContext, postingFilters, textQuery } from './posting-filters.js';

/** Counting stops here: counting every hit of a common word took 200 times as long as the page itself. */
export const COUNT_CAP = 1_000;
/** `relevance` ranks this many of the newest hits: ranking all of a common word took over a second on 500,000 rows. */
const RANKED_HITS = 1_000;

export interface SearchContext extends FilterContext, CurrencyContext {
  cursor: Cursor | null;
  /** An id made now: what is created later does not join a ranking half-way through. */
  newestId: string;
}

/**
 * The whole answer of GET /jobs as one statement that writes its own JSON. First the keys of the page (narrow rows, so
 * that a sort stays small), then the twenty rows themselves; the count runs only when the page does not tell it already,
 * and a cursor brings it along.
 */
export function searchPostings(request: SearchJobsRequest, context: SearchContext): { sql: string; values: unknown[] } {
  const parameters = new Parameters();
  const perPage = request.per_page ?? 20;
  const page = request.page ?? 1;
  const descending = (request.sort_order ?? 'desc') === 'desc';
  const text = textQuery(request, parameters);
  // Without words there is nothing to rank by.
  const sort: SortBy =
    request.sort_by === 'relevance' && text === null ? 'posted_date' : (request.sort_by ?? 'posted_date');
  const comparesSalaries = request.min_salary !== undefined || request.max_salary !== undefined || sort === 'salary';
  const currency = comparesSalaries ? comparedCurrency(request, context, parameters) : null;
  const filters = postingFilters(request, context, parameters, text, currency);
  const size = parameters.add(perPage, 'int');
  const pageNumber = parameters.add(page, 'int');
  // One more than is shown tells whether there is a next page.
  const limit = `${size} + 1`;
  const offset = context.cursor === null ? parameters.add((page - 1) * perPage, 'int') : '0';
  const direction = descending ? 'DESC' : 'ASC';
  const beyond = descending ? '<' : '>';
  const after = (key: string, type: string): string =>
    context.cursor === null
      ? ''
      : `(${key}, p.id) ${beyond} (${parameters.add(context.cursor.key, type)}, ${parameters.add(context.cursor.id, 'uuid')})`;
  const asOf = sort === 'relevance' ? parameters.add(context.cursor?.asOf ?? context.newestId, 'uuid') : null;
  const where = (...more: string[]): string => [...filters, ...more.filter((part) => part !== '')].join('\n      AND ');

  const hits = ((): string => {
    switch (sort) {
      case 'posted_date':
        return `hits AS (
    SELECT p.id, p.listed_at AS key FROM posting p
    WHERE ${where(after('p.listed_at', 'timestamptz'))}
    ORDER BY p.listed_at ${direction}, p.id ${direction} LIMIT ${limit} OFFSET ${offset})`;
      case 'salary':
        return `hits AS (
    SELECT p.id, p.salary_year_max AS key FROM posting p
    WHERE ${where(`p.salary_currency = ${currency ?? ''}`, 'p.salary_year_max IS NOT NULL', after('p.salary_year_max', 'numeric'))}
    ORDER BY p.salary_year_max ${direction}, p.id ${direction} LIMIT ${limit} OFFSET ${offset})`;
      case 'relevance': {
        const keyset = after('p.key', 'real');
        // Weights of D, C, B, A: text, (unused), company, title. 1: longer texts do not win by their length.
        return `candidates AS MATERIALIZED (
    SELECT p.id, p.tsv FROM posting p
    WHERE ${where(`p.id <= ${asOf ?? ''}`)}
    ORDER BY p.listed_at DESC, p.id DESC LIMIT ${RANKED_HITS}),
  ranked AS (SELECT c.id, ts_rank('{0.1, 0.2, 0.4, 1.0}', c.tsv, ${text ?? ''}, 1) AS key FROM candidates c),
  hits AS (
    SELECT p.id, p.key FROM ranked p ${keyset === '' ? '' : `WHERE ${keyset}`}
    ORDER BY p.key ${direction}, p.id ${direction} LIMIT ${limit} OFFSET ${offset})`;
      }
    }
  })();

  const counted = ((): string => {
    if (context.cursor !== null) {
      return `SELECT ${parameters.add(context.cursor.total, 'int')} AS found, ${parameters.add(context.cursor.capped, 'boolean')} AS capped`;
    }
    const all =
      sort === 'relevance'
        ? 'SELECT count(*) FROM candidates'
        : `SELECT count(*) FROM (SELECT FROM posting p WHERE ${where(...(sort === 'salary' ? [`p.salary_currency = ${currency ?? ''}`, 'p.salary_year_max IS NOT NULL'] : []))} LIMIT ${COUNT_CAP + 1}) counted`;
    return `SELECT least(n, ${COUNT_CAP})::int AS found, n >= ${sort === 'relevance' ? RANKED_HITS : COUNT_CAP + 1} AS capped FROM (
      SELECT CASE WHEN (SELECT count(*) FROM hits) BETWEEN 1 AND ${size} THEN ${offset} + (SELECT count(*) FROM hits) ELSE (${all}) END AS n) either`;
  })();

  const user = context.userId === null ? null : parameters.add(context.userId, 'uuid');
  const bookmarked = user === null ? 'false' : 'b.posting_id IS NOT NULL';
  const cursorKey = sort === 'posted_date' ? 'h.key' : sort === 'salary' ? 'trim_scale(h.key)' : 'h.key';
  const sql = `WITH ${hits},
  total AS (${counted}),
  shown AS (SELECT * FROM hits ORDER BY key ${direction}, id ${direction} LIMIT ${size})
  SELECT json_build_object(
    'total', total.found, 'total_is_estimate', total.capped,
    'page', ${pageNumber}, 'per_page', ${size}, 'total_pages', ceil(total.found / ${size}::numeric)::int,
    'next_cursor', CASE WHEN (SELECT count(*) FROM hits) > ${size} THEN (
      SELECT translate(encode(convert_to(json_build_array(
        '${sort}', ${descending}, ${cursorKey}, h.id, ${asOf ?? 'NULL'}, total.found, total.capped)::text, 'UTF8'), 'base64'), E'+/=\\n', '-_')
      FROM shown h ORDER BY h.key ${descending ? 'ASC' : 'DESC'}, h.id ${descending ? 'ASC' : 'DESC'} LIMIT 1) END,
    'salary_currency', ${currency ?? 'NULL::text'},
    'jobs', coalesce((
      SELECT json_agg(${jobJson(jobMembers(bookmarked), request.fields)} ORDER BY h.key ${direction}, h.id ${direction})
      FROM shown h JOIN posting p ON p.id = h.id${user === null ? '' : ` LEFT JOIN bookmark b ON b.posting_id = p.id AND b.user_id = ${user}`}), '[]'::json)
  )::text FROM total`;
  return { sql, values: parameters.values };
}
