import { coerceQuery, compileSchema, SearchJobsRequest } from '#contracts';
import { systemClock } from '#kernel';
import { Database } from '#persistence';
import { SearchService } from '../../apps/jobs-ingestion/src/search/search.service.js';
import { Random } from './random.js';
import type { Vocabulary } from './vocabulary.js';

export interface Question {
  path: string;
  /** The statement the service sends for it. */
  text: string;
  values: readonly unknown[];
}

const validator = compileSchema(SearchJobsRequest);

/** Different questions as people put them: a kind of work, a skill, a company or words; a place, filters, an order. */
export async function questionsOf(vocabulary: Vocabulary, count: number): Promise<Question[]> {
  const random = new Random(7);
  const asked = new Map<string, Question>();
  while (asked.size < count) {
    const query = draw(random, vocabulary);
    const path = `/api/v1/jobs?${new URLSearchParams(query).toString()}`;
    if (!asked.has(path)) asked.set(path, { path, ...(await statementOf(query)) });
  }
  return [...asked.values()];
}

function draw(random: Random, vocabulary: Vocabulary): Record<string, string> {
  const subject = subjectOf(random, vocabulary);
  const order = random.next();
  return {
    ...subject,
    ...placeOf(random, vocabulary),
    ...(random.chance(0.2) ? { remote: random.pick(['remote', 'remote,hybrid']) } : {}),
    ...(random.chance(0.1) ? { visa_support: 'true' } : {}),
    ...(random.chance(0.1) ? { experience_level: random.pick(['junior', 'mid', 'senior']) } : {}),
    ...(random.chance(0.25) ? { min_salary: String(40_000 + random.below(40) * 1_000), currency: 'EUR' } : {}),
    ...(random.chance(0.2) ? { posted_since: random.pick(['3', '7', '14', '30']) } : {}),
    ...(order < 0.1 ? { sort_by: 'salary' } : order < 0.25 && 'q' in subject ? { sort_by: 'relevance' } : {}),
  };
}

/** What most type: a kind of work, often with a speciality; fewer a skill, words of the trade, a company, nothing. */
function subjectOf(random: Random, { fields, skills, words, companies }: Vocabulary): Record<string, string> {
  const field = random.pickEarly(fields);
  const kind = random.next();
  if (kind < 0.2) return { q: field.occupation };
  if (kind < 0.4) return { q: `${random.pickEarly(field.skills)} ${field.occupation}` };
  if (kind < 0.5) return { q: `${random.pickEarly(field.jargon)} ${field.occupation}` };
  if (kind < 0.65) return { q: random.pickEarly(skills) };
  if (kind < 0.75) return { q: `${random.pickEarly(field.jargon)} ${random.pickEarly(field.jargon)}` };
  if (kind < 0.8) return { q: random.pickEarly(words.slice(COMMON_WORDS)) };
  if (kind < 0.85) return { company: random.pickEarly(companies) };
  return kind < 0.92 ? { skills: random.pickEarly(skills) } : {};
}

const COMMON_WORDS = 100;

function placeOf(random: Random, { cities }: Vocabulary): Record<string, string> {
  const where = random.next();
  const { city, country } = random.pickEarly(cities);
  if (where < 0.3) return { location: city };
  return where < 0.5 ? { country } : {};
}

/** The service itself says what it would send, so that both sides run the same statement. */
async function statementOf(query: Record<string, string>): Promise<{ text: string; values: readonly unknown[] }> {
  const request = coerceQuery(SearchJobsRequest, query);
  if (!validator.check(request)) throw new Error(`not a search: ${JSON.stringify(query)}`);
  const database = new Listening();
  const service = new SearchService(database, { record: () => undefined }, systemClock, {
    SEARCH_DEFAULT_CURRENCY: 'EUR',
  });
  await service.searchPostings(request, null);
  if (database.heard === undefined) throw new Error('the service sent no statement');
  return database.heard;
}

class Listening extends Database {
  heard: { text: string; values: readonly unknown[] } | undefined;

  override get dataSource(): never {
    throw new Error('there is no data source here');
  }

  override query(): Promise<never> {
    return Promise.reject(new Error('a search is one text'));
  }

  override queryText(_name: string, text: string, values: readonly unknown[] = []): Promise<string> {
    this.heard = { text, values };
    return Promise.resolve('{}');
  }
}
