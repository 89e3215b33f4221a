import { fetchJson, pageWithout, unusable } from './fetch-json.js';
import { type PostingDraft, readItems } from './posting-draft.js';
import type { FetchContext, JobSource, SourcePage } from '../source.port.js';

export interface NextRequest {
  url: string;
  /** Names the page in results and logs. */
  part: string;
}

export interface PagedSourceOptions<Cursor> {
  name: string;
  attribution: JobSource['attribution'];
  first: Cursor;
  /** A listing that comes whole can be asked for conditionally. */
  conditional: boolean;
  /** Requests at most in one run. */
  maxPages: number;
  requestOf(cursor: Cursor): NextRequest;
  itemsOf(body: unknown): readonly unknown[] | null;
  map(item: unknown): PostingDraft | string | null;
  /** Where to go on; null at the end. */
  nextOf(cursor: Cursor, body: unknown): Cursor | null;
}

/**
 * One page after the other until the source says it was the last, the run's bounds are reached, or a page brings only
 * postings older than asked for. A page that fails ends the run of this source: the next ones would fail as well.
 */
export async function* fetchPages<Cursor>(
  options: PagedSourceOptions<Cursor>,
  context: FetchContext,
): AsyncGenerator<SourcePage> {
  const origin = { source: options.name, attribution: options.attribution, now: context.now };
  let cursor: Cursor | null = options.first;
  let left = context.limit;
  for (let pages = 0; cursor !== null && pages < options.maxPages && left > 0 && !context.signal.aborted; pages++) {
    const { url, part }: NextRequest = options.requestOf(cursor);
    const answer = await fetchJson({ source: options.name, url, context, conditional: options.conditional });
    if (!('body' in answer)) {
      yield pageWithout(part, null, answer.outcome);
      return;
    }
    const items = options.itemsOf(answer.body);
    if (items === null) {
      yield pageWithout(part, null, unusable('the answer has no list of jobs'));
      return;
    }
    const { postings, rejected } = readItems(items, (item) => options.map(item), origin);
    const kept = postings.slice(0, left);
    left -= kept.length;
    const validators = kept.length === postings.length ? answer.validators : null;
    yield { part, board: null, outcome: answer.outcome, postings: kept, rejected, validators };
    // An empty page is the end, whatever the links say: some sources link on for ever.
    if (items.length === 0 || isAllOlder(kept, context.since)) return;
    cursor = options.nextOf(cursor, answer.body);
  }
}

const isAllOlder = (postings: SourcePage['postings'], since: Date | undefined): boolean =>
  since !== undefined &&
  postings.length > 0 &&
  postings.every(({ postedAt }) => postedAt !== null && Date.parse(postedAt) < since.getTime());

/** `base` with a path below it and a query; the base may itself have a path (a proxy, a replay server). */
export function addressOf(base: string, path: string, query: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(base.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}
