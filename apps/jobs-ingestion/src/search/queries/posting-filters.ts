import type { SearchJobsRequest } from '#contracts';
import { skillKey, splitTextQuery } from '../domain/words.js';
import type { Parameters } from '../parameters.js';

export type JobFilterValues = Omit<
  SearchJobsRequest,
  'sort_by' | 'sort_order' | 'page' | 'per_page' | 'cursor' | 'fields'
>;

export interface FilterContext {
  now: Date;
  /** Normalised by the rule that made `posting.company_key`. */
  companyKey: string | null;
  /** Alternatives; every word of one of them has to be among the posting's. */
  placeWords: readonly (readonly string[])[];
}

/** What `q` asks for, as a tsquery; null without one. */
export function textQuery(filters: JobFilterValues, parameters: Parameters): string | null {
  if (filters.q === undefined) return null;
  const { words, lexemes } = splitTextQuery(filters.q);
  const parts: string[] = [];
  if (words !== '' || lexemes.length === 0) {
    parts.push(`websearch_to_tsquery('posting_text', ${parameters.add(words, 'text')})`);
  }
  // One tsquery per lexeme: planned with its value, so that its frequency is known.
  for (const lexeme of lexemes) parts.push(`${parameters.add(`'${lexeme}'`, 'tsquery')}`);
  return `(${parts.join(' && ')})`;
}

/**
 * The conditions of a search over `posting p`. Each is a constant text around placeholders, and is only there when it
 * is asked for: with custom plans the planner then sees exactly what restricts.
 */
export function postingFilters(
  filters: JobFilterValues,
  context: FilterContext,
  parameters: Parameters,
  text: string | null,
  currency: string | null,
): string[] {
  const conditions = ['p.closed_at IS NULL'];
  const anyOf = (column: string, values: readonly string[] | undefined) => {
    if (values !== undefined && values.length > 0)
      conditions.push(`${column} = ANY (${parameters.add(values, 'text[]')})`);
  };
  if (text !== null) conditions.push(`p.tsv @@ ${text}`);
  if (context.placeWords.length > 0) {
    const alternatives = context.placeWords.map((words) => `p.place_words @> ${parameters.add(words, 'text[]')}`);
    conditions.push(`(${alternatives.join(' OR ')})`);
  }
  if (filters.country !== undefined && filters.country.length > 0) {
    conditions.push(`p.place_words && ${parameters.add(filters.country, 'text[]')}`);
  }
  // The constant lets the planner use the partial index of sponsored postings.
  if (filters.visa_support === true) conditions.push(`p.visa_verdict = 'yes'`);
  anyOf('p.visa_verdict', filters.visa);
  anyOf('p.remote_mode', filters.remote);
  anyOf('p.experience_level', filters.experience_level);
  anyOf('p.employment_type', filters.employment_type);
  anyOf('p.language', filters.language);
  if (filters.skills !== undefined && filters.skills.length > 0) {
    conditions.push(`p.skill_keys @> ${parameters.add(filters.skills.map(skillKey), 'text[]')}`);
  }
  if (context.companyKey !== null) {
    conditions.push(`p.company_key LIKE ${parameters.add(`${escapeLike(context.companyKey)}%`, 'text')}`);
  }
  if (filters.source !== undefined && filters.source.length > 0) {
    const sources = parameters.add(filters.source, 'text[]');
    conditions.push(`EXISTS (SELECT FROM sighting s WHERE s.posting_id = p.id AND s.source = ANY (${sources}))`);
  }
  if (filters.posted_since !== undefined) {
    const since = new Date(context.now.getTime() - filters.posted_since * 86_400_000);
    conditions.push(`p.listed_at >= ${parameters.add(since.toISOString(), 'timestamptz')}`);
  }
  if (currency !== null) conditions.push(...salaryFilters(filters, parameters, currency));
  return conditions;
}

/** Only amounts of one currency are compared; the best offer counts for a minimum, the least for a maximum. */
function salaryFilters(filters: JobFilterValues, parameters: Parameters, currency: string): string[] {
  const bounds: string[] = [];
  if (filters.min_salary !== undefined) {
    bounds.push(`p.salary_year_max >= ${parameters.add(filters.min_salary, 'numeric')}`);
  }
  if (filters.max_salary !== undefined) {
    bounds.push(`p.salary_year_min <= ${parameters.add(filters.max_salary, 'numeric')}`);
  }
  if (bounds.length === 0) return [];
  const fits = [`p.salary_currency = ${currency}`, ...bounds].join(' AND ');
  return filters.include_unknown_salary === true
    ? [`((${fits}) OR p.salary_year_max IS NULL OR p.salary_currency <> ${currency})`]
    : [fits];
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
