import type { CountFacetsRequest } from '#contracts';
import { Parameters } from '../parameters.js';
import { type CurrencyContext, comparedCurrency } from './compared-currency.js';
import { type FilterContext, postingFilters, textQuery } from './posting-filters.js';

/** Counting reads a row per hit; beyond this many the newest stand for all. */
export const FACET_HITS = 5_000;
const VALUES_SHOWN = 20;

interface Facet {
  name: string;
  /** Filters it stands for: left out of its own count, so that the other choices show what they would bring. */
  own: readonly (keyof CountFacetsRequest)[];
  /** Value and number of jobs over the hits `h`. */
  rows: string;
}

/** How the hits are counted by one of their columns. */
const byColumn = (column: string): string => `SELECT h.${column} AS value, count(*) AS jobs FROM hits h GROUP BY 1`;
const bySet = (set: string): string =>
  `SELECT v.value, count(*) AS jobs FROM hits h LEFT JOIN LATERAL ${set} v(value) ON true GROUP BY 1`;

const FACETS: readonly Facet[] = [
  { name: 'visa', own: ['visa', 'visa_support'], rows: byColumn('visa_verdict') },
  // Codes of countries stand among the words; longer ones (US-TX, WORLD) are states and areas.
  {
    name: 'country',
    own: ['country'],
    rows: bySet(`(SELECT w FROM unnest(h.place_words) w WHERE w ~ '^[A-Z]{2}$' AND w <> 'EU')`),
  },
  { name: 'remote', own: ['remote'], rows: byColumn('remote_mode') },
  { name: 'experience_level', own: ['experience_level'], rows: byColumn('experience_level') },
  { name: 'employment_type', own: ['employment_type'], rows: byColumn('employment_type') },
  { name: 'language', own: ['language'], rows: byColumn('language') },
  // All that are asked for have to fit, so each further one narrows.
  { name: 'skills', own: [], rows: bySet('unnest(h.skills)') },
  {
    name: 'company',
    own: ['company'],
    rows: `SELECT mode() WITHIN GROUP (ORDER BY h.company) AS value, count(*) AS jobs FROM hits h GROUP BY h.company_key`,
  },
  {
    name: 'source',
    own: ['source'],
    rows: `SELECT s.source AS value, count(DISTINCT h.id) AS jobs FROM hits h JOIN sighting s ON s.posting_id = h.id GROUP BY 1`,
  },
];

const COLUMNS =
  'p.id, p.visa_verdict, p.place_words, p.remote_mode, p.experience_level, p.employment_type, p.language, p.skills, p.company, p.company_key';

/** The whole answer of GET /jobs/facets as one statement that writes its own JSON. */
export function countFacets(
  request: CountFacetsRequest,
  context: FilterContext & CurrencyContext,
): { sql: string; values: unknown[] } {
  const parameters = new Parameters();
  const text = textQuery(request, parameters);
  const comparesSalaries = request.min_salary !== undefined || request.max_salary !== undefined;
  const currency = comparesSalaries ? comparedCurrency(request, context, parameters) : null;
  const hits = (filters: CountFacetsRequest, companyKey: string | null): string =>
    `SELECT ${COLUMNS} FROM posting p
     WHERE ${postingFilters(filters, { ...context, companyKey }, parameters, text, currency).join(' AND ')}
     ORDER BY p.listed_at DESC, p.id DESC LIMIT ${FACET_HITS}`;

  const counted = FACETS.map(({ name, own, rows }) => {
    const isFiltered = own.some((filter) => request[filter] !== undefined);
    // A name in here hides the hits of the whole search.
    const itsHits = isFiltered
      ? `hits AS MATERIALIZED (${hits(without(request, own), own.includes('company') ? null : context.companyKey)}), `
      : '';
    return `'${name}', (WITH ${itsHits}counted AS (${rows} ORDER BY jobs DESC, value LIMIT ${VALUES_SHOWN})
      SELECT coalesce(json_agg(json_build_object('value', value, 'jobs', jobs) ORDER BY jobs DESC, value), '[]') FROM counted)`;
  });
  const sql = `WITH hits AS MATERIALIZED (${hits(request, context.companyKey)})
    SELECT json_build_object(
      'total', (SELECT count(*) FROM hits), 'total_is_estimate', (SELECT count(*) FROM hits) = ${FACET_HITS},
      'facets', json_build_object(${counted.join(',\n')}))::text`;
  return { sql, values: parameters.values };
}

const without = (request: CountFacetsRequest, names: readonly (keyof CountFacetsRequest)[]): CountFacetsRequest => {
  const rest = { ...request };
  for (const name of names) delete rest[name];
  return rest;
};
