import { enrich } from '../../apps/jobs-ingestion/src/normalise/enrich.js';
import { type PostingRow, postingRow } from '../../apps/jobs-ingestion/src/ingestion/posting-row.js';
import { CITY_ROWS } from '../../apps/jobs-ingestion/src/places/domain/cities.js';
import { LEXICON } from '../../apps/jobs-ingestion/src/skills/domain/lexicon.js';
import { sampleFeedSource } from '../../apps/jobs-ingestion/src/sources/sample-feed/sample-feed.source.js';
import { OCCUPATIONS } from './occupations.js';
import { Random } from './random.js';
import { madeWords, trueWords } from './words.js';

/** Words of a large catalogue: the frequent ones of the feed, then made ones. */
const WORDS = 40_000;
const COMPANIES = 8_000;
const JARGON = 150;
/** What comes before is in most postings of any kind of work. */
const COMMON_WORDS = 300;

/** A kind of work has words of its own, which is why the words of one question are found in the same postings. */
export interface Field {
  occupation: string;
  jargon: readonly string[];
  skills: readonly string[];
}

/** What generated postings and questions are put together from; frequent things come first in every list. */
export interface Vocabulary {
  /** Place, type, level, language and verdicts of real ones. */
  rows: readonly PostingRow[];
  fields: readonly Field[];
  words: readonly string[];
  companies: readonly string[];
  cities: readonly { city: string; country: string }[];
  sentences: readonly string[];
  skills: readonly string[];
}

export async function readVocabulary(): Promise<Vocabulary> {
  const random = new Random(1_729);
  const { rows, sentences } = await readFeed();
  const known = trueWords(sentences);
  const words = [...known, ...madeWords(random, WORDS - known.length, new Set(known))];
  const skills = random.shuffled(LEXICON.map(({ name }) => name));
  const rare = words.slice(COMMON_WORDS);
  const fields = random.shuffled(OCCUPATIONS).map((occupation) => ({
    occupation,
    jargon: Array.from({ length: JARGON }, () => random.pickEarly(rare)),
    skills: Array.from({ length: 25 }, () => random.pickEarly(skills)),
  }));
  const names = madeWords(random, COMPANIES, new Set(words));
  return {
    rows,
    fields,
    words,
    companies: names.map((name) =>
      `${capital(name)} ${random.pick(['GmbH', 'AG', 'Ltd', 'BV', 'SA', 'Group', 'Labs', ''])}`.trim(),
    ),
    cities: random.shuffled(CITY_ROWS.map(([country, [city = '']]) => ({ city, country }))),
    sentences,
    skills,
  };
}

async function readFeed(): Promise<{ rows: PostingRow[]; sentences: string[] }> {
  const rows: PostingRow[] = [];
  const sentences = new Set<string>();
  const pages = sampleFeedSource().fetch({
    http: { request: () => Promise.reject(new Error('the sample feed needs no network')) },
    etags: new Map(),
    signal: new AbortController().signal,
    limit: 10_000,
    now: new Date(),
  });
  for await (const page of pages) {
    for (const posting of page.postings) {
      rows.push(postingRow(enrich(posting)));
      for (const sentence of posting.descriptionText.split(/(?<=[.!?])\s+|\n+/)) {
        if (sentence.length > 30) sentences.add(sentence);
      }
    }
  }
  if (rows.length === 0) throw new Error('the sample feed is missing from dist (node scripts/copy-assets.mjs)');
  return { rows, sentences: [...sentences] };
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
