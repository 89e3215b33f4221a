import { readFileSync } from 'node:fs';
import type { NormalisedPosting } from '../../../normalise/domain/posting.js';
import { asObject, asLine } from '../../shared/json.js';
import type { FetchContext, SourcePage } from '../../source.port.js';
import { sampleFeedSource } from '../sample-feed.source.js';

export const NOW = new Date('2026-03-10T09:30:00.000Z');

/** What the writers of the feed know of an item and its readers have to find out. */
export interface Truth {
  /** Items of one group are one opening. */
  opening: string;
  /** Items of one group were written from one text, though they may be several openings. */
  text: string;
  language: string;
  /** What the text says about visas; `cut` where the statement was cut off. */
  visa: string;
  /** How the item came to be: written, or as which variation of another. */
  how: string;
}

export interface Known {
  posting: NormalisedPosting;
  truth: Truth;
}

export const contextOf = (more: Partial<FetchContext> = {}): FetchContext => ({
  http: { request: () => Promise.reject(new Error('the sample feed must not ask anybody')) },
  etags: { get: () => undefined },
  signal: new AbortController().signal,
  limit: 10_000,
  now: NOW,
  ...more,
});

export async function pagesOf(source = sampleFeedSource(), context = contextOf()): Promise<SourcePage[]> {
  const pages: SourcePage[] = [];
  for await (const page of source.fetch(context)) pages.push(page);
  return pages;
}

export async function knownPostings(): Promise<Known[]> {
  const truths = readTruth();
  const postings = (await pagesOf()).flatMap((page) => page.postings);
  return postings.map((posting) => {
    const truth = truths.get(posting.sourceId);
    if (!truth) throw new Error(`test/truth.json says nothing about ${posting.sourceId}`);
    return { posting, truth };
  });
}

export function readTruth(): ReadonlyMap<string, Truth> {
  const file: unknown = JSON.parse(readFileSync(new URL('./truth.json', import.meta.url), 'utf8'));
  return new Map(Object.entries(asObject(file) ?? {}).map(([id, value]) => [id, truthOf(value)]));
}

function truthOf(value: unknown): Truth {
  const row = asObject(value) ?? {};
  const line = (name: string): string => asLine(row[name], 200) ?? '';
  return {
    opening: line('opening'),
    text: line('text'),
    language: line('language'),
    visa: line('visa'),
    how: line('how'),
  };
}

/** Groups of what belongs together, found by telling it pairs. */
export class Groups {
  private readonly parents = new Map<string, string>();

  join(a: string, b: string): void {
    this.parents.set(this.of(a), this.of(b));
  }

  of(id: string): string {
    let root = id;
    for (let up = this.parents.get(root); up !== undefined && up !== root; up = this.parents.get(root)) root = up;
    return root;
  }
}

export const pairsOf = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((left, index) => items.slice(index + 1).map((right): [T, T] => [left, right]));
