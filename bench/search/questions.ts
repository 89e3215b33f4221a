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

const COUNTRIES = ['DE', 'NL', 'GB', 'FR', 'ES', 'PL', 'SE', 'PT', 'DE,AT,CH', 'NL,BE'];
const validator = compileSchema(SearchJobsRequest);

/** Different questions as people put them: one to four words or none, filters, a salary, an order. */
export async function questionsOf(vocabulary: Vocabulary, count: number): Promise<Question[]> {
  const random = new Random(7);
  const words = wordsOf(vocabulary);
  const asked = new Map<string, Question>();
  while (asked.size < count) {
    const query = draw(random, words, vocabulary.skills);
    const path = `/api/v1/jobs?${new URLSearchParams(query).toString()}`;
    if (!asked.has(path)) asked.set(path, { path, ...(await statementOf(query)) });
  }
  return [...asked.values()];
}

function draw(random: Random, words: readonly string[], skills: readonly string[]): Record<string, string> {
  const terms = Array.from({ length: random.pick([0, 1, 1, 2, 2, 2, 3, 3, 4]) }, () => random.pickEarly(words));
  const order = random.next();
  return {
    ...(terms.length > 0 ? { q: [...new Set(terms)].join(' ') } : {}),
    ...(random.chance(0.3) ? { country: random.pick(COUNTRIES) } : {}),
    ...(random.chance(0.2) ? { remote: random.pick(['remote', 'remote,hybrid']) } : {}),
    ...(random.chance(0.15) ? { visa_support: 'true' } : {}),
    ...(random.chance(0.15) ? { skills: random.pickEarly(skills) } : {}),
    ...(random.chance(0.35) ? { min_salary: String(40_000 + random.below(40) * 1_000), currency: 'EUR' } : {}),
    ...(order < 0.15 ? { sort_by: 'salary' } : order < 0.3 && terms.length > 0 ? { sort_by: 'relevance' } : {}),
    ...(random.chance(0.1) ? { posted_since: '30' } : {}),
  };
}

/** Words of titles and texts by how often they occur, and the skills. */
function wordsOf({ titles, sentences, skills }: Vocabulary): string[] {
  const counts = new Map<string, number>();
  for (const text of [...titles, ...sentences]) {
    for (const word of text.toLowerCase().match(/\p{L}{4,}/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const common = [...counts].sort(([, a], [, b]) => b - a).map(([word]) => word);
  return [...skills.slice(0, 60), ...common.slice(20, 400), ...skills.slice(60)].filter((word) => !word.includes('"'));
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
