import { readFileSync } from 'node:fs';
import { type OutboundOutcome, type OutboundRequest, readSettings } from '#platform';
import { enrich } from '../../src/normalise/enrich.js';
import type { EnrichedPosting } from '../../src/normalise/domain/posting.js';
import { sourceSettings } from '../../src/sources/settings.js';
import type { FetchContext, JobSource, SourcePage } from '../../src/sources/source.port.js';
import { SourceRegistry } from '../../src/sources/source.registry.js';

export const NOW = new Date('2026-11-20T10:00:00.000Z');

export const fixture = (path: string): string => readFileSync(`apps/jobs-ingestion/src/sources/${path}`, 'utf8');

export const json = (body: string, headers: { etag?: string } = {}): OutboundOutcome => ({
  kind: 'ok',
  status: 200,
  body: Buffer.from(body),
  contentType: 'application/json',
  headers: {},
  url: '',
  ...headers,
});

/** Stands for the other side: what is asked is written down, what is answered is given. */
export class FakeSite {
  readonly asked: OutboundRequest[] = [];
  constructor(private readonly answer: (url: URL) => OutboundOutcome) {}

  request(request: OutboundRequest): Promise<OutboundOutcome> {
    this.asked.push(request);
    return Promise.resolve(this.answer(new URL(request.url)));
  }

  get urls(): string[] {
    return this.asked.map(({ url }) => url);
  }
}

export const contextOf = (http: FakeSite, given: Partial<FetchContext> = {}): FetchContext => ({
  http,
  etags: new Map(),
  signal: new AbortController().signal,
  limit: 1_000,
  now: NOW,
  ...given,
});

export const registryOf = (environment: Record<string, string>): SourceRegistry =>
  new SourceRegistry(readSettings(sourceSettings, environment));

export const registry = registryOf({
  GREENHOUSE_BOARDS: 'northwind',
  LEVER_SITES: 'northwind-labs,eu:fjord=Fjord AS',
  ASHBY_BOARDS: 'Northwind=Northwind Ltd.',
  THEMUSE_API_KEY: 'k',
  THEMUSE_CATEGORIES: 'Data Science,Design and UX',
});

export function sourceOf(name: string): JobSource {
  const found = registry.get(name);
  if (!found) throw new Error(`no source ${name}`);
  return found;
}

export async function pagesOf(name: string, site: FakeSite, given?: Partial<FetchContext>): Promise<SourcePage[]> {
  const pages: SourcePage[] = [];
  for await (const page of sourceOf(name).fetch(contextOf(site, given))) pages.push(page);
  return pages;
}

export const postingsOf = (pages: readonly SourcePage[]): EnrichedPosting[] =>
  pages.flatMap(({ postings }) => postings.map(enrich));
