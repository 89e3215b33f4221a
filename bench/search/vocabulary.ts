import { enrich } from '../../apps/jobs-ingestion/src/normalise/enrich.js';
import { type PostingRow, postingRow } from '../../apps/jobs-ingestion/src/ingestion/posting-row.js';
import { LEXICON } from '../../apps/jobs-ingestion/src/skills/domain/lexicon.js';
import { sampleFeedSource } from '../../apps/jobs-ingestion/src/sources/sample-feed/sample-feed.source.js';

/** What generated postings and questions are put together from: the bundled sample feed and the lexicon of skills. */
export interface Vocabulary {
  rows: readonly PostingRow[];
  titles: readonly string[];
  companies: readonly string[];
  sentences: readonly string[];
  skills: readonly string[];
}

export async function readVocabulary(): Promise<Vocabulary> {
  const rows: PostingRow[] = [];
  const titles = new Set<string>();
  const companies = new Set<string>();
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
      titles.add(posting.title);
      companies.add(posting.company);
      for (const sentence of posting.descriptionText.split(/(?<=[.!?])\s+|\n+/)) {
        if (sentence.length > 30) sentences.add(sentence);
      }
    }
  }
  if (rows.length === 0) throw new Error('the sample feed is missing from dist (node scripts/copy-assets.mjs)');
  return {
    rows,
    titles: [...titles],
    companies: [...companies],
    sentences: [...sentences],
    skills: LEXICON.map(({ name }) => name),
  };
}
