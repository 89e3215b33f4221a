import { readdir, readFile } from 'node:fs/promises';
import { asArray } from '../shared/json.js';
import { pageWithout, unusable } from '../shared/fetch-json.js';
import { readItems } from '../shared/posting-draft.js';
import type { FetchContext, JobSource, SourcePage } from '../source.port.js';
import { mapSampleFeed } from './map.js';

/** Lies beside the compiled code as well: the build copies data files. */
const FEED = new URL('./feed/', import.meta.url);

const NAME = 'sample-feed';
const ATTRIBUTION = { name: 'Sample feed (fictional postings)', url: 'https://jobs.example/' };

/**
 * Invented postings of invented companies, so that a machine without a network has something to search. Their age is
 * kept in days and turned into dates here, so the feed never grows old. Meant to be asked for by name.
 */
export function sampleFeedSource(feed: URL = FEED): JobSource {
  return {
    name: NAME,
    displayName: 'Sample feed',
    kind: 'aggregator',
    attribution: ATTRIBUTION,
    unavailableReason: null,
    minIntervalMs: 0,
    pace: [],
    fetch: (context) => readFeed(feed, context),
  };
}

/** One page per file, as far as the reader pulls. */
async function* readFeed(feed: URL, context: FetchContext): AsyncGenerator<SourcePage> {
  let left = context.limit;
  const files = await filesOf(feed);
  if (files.length === 0) yield pageWithout('feed', null, unusable('the feed is missing from this installation'));
  for (const file of files) {
    if (left <= 0 || context.signal.aborted) return;
    const page = await readPage(new URL(file, feed), file.replace(/\.json$/, ''), context.now);
    const postings = page.postings.slice(0, left);
    left -= postings.length;
    yield { ...page, postings };
  }
}

async function filesOf(feed: URL): Promise<string[]> {
  try {
    return (await readdir(feed)).filter((name) => name.endsWith('.json')).sort();
  } catch {
    return [];
  }
}

async function readPage(file: URL, part: string, now: Date): Promise<SourcePage> {
  const items = await itemsOf(file);
  if (items === null) return pageWithout(part, null, unusable('the file holds no list of postings'));
  const origin = { source: NAME, attribution: ATTRIBUTION, now };
  const read = readItems(items, (item) => mapSampleFeed(item, now), origin);
  return { part, board: null, outcome: { kind: 'ok' }, ...read, validators: null };
}

async function itemsOf(file: URL): Promise<readonly unknown[] | null> {
  try {
    return asArray(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
