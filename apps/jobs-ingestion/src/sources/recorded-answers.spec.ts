import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { type OutboundOutcome, readSettings } from '#platform';
import { describeWithCorpus } from '#testing';
import { enrich } from '../normalise/enrich.js';
import type { EnrichedPosting } from '../normalise/domain/posting.js';
import { sourceSettings } from './settings.js';
import { SourceRegistry } from './source.registry.js';

const share = (postings: readonly EnrichedPosting[], holds: (posting: EnrichedPosting) => boolean): number =>
  postings.filter(holds).length / postings.length;

describeWithCorpus('recorded answers of the sources', (corpus) => {
  const registry = new SourceRegistry(
    readSettings(sourceSettings, { GREENHOUSE_BOARDS: 'gitlab', LEVER_SITES: 'spotify', ASHBY_BOARDS: 'truelogic' }),
  );
  const answer = (path: string): OutboundOutcome => {
    const bytes = readFileSync(join(corpus, 'api_responses', path));
    const body = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    return { kind: 'ok', status: 200, body, contentType: 'application/json', headers: {}, url: '' };
  };
  async function postingsOf(name: string, path: string): Promise<EnrichedPosting[]> {
    const postings: EnrichedPosting[] = [];
    const first = answer(path);
    let asked = 0;
    const pages = registry.get(name)?.fetch({
      http: { request: async () => (asked++ === 0 ? first : { kind: 'blocked', status: 429 }) },
      etags: new Map(),
      signal: new AbortController().signal,
      limit: 10_000,
      now: new Date('2026-08-12T00:00:00Z'),
    });
    for await (const page of pages ?? []) {
      if (page.outcome.kind !== 'ok') continue;
      expect(page.rejected).toEqual([]);
      postings.push(...page.postings.map(enrich));
    }
    return postings;
  }

  it.each([
    ['arbeitnow', 'arbeitnow/arbeitnow_page_2026-04-23.json', 60],
    ['arbeitnow', 'arbeitnow/arbeitnow_2026-08.json', 5],
    ['themuse', 'themuse/themuse_results_2026-08.json.gz', 168],
    ['remotive', 'remotive/remotive_2026-04-23.json', 13],
    ['remotive', 'remotive/remotive_2026-08.json', 5],
    ['himalayas', 'himalayas/himalayas_jobs_2026-08.json.gz', 180],
    ['greenhouse', 'greenhouse/greenhouse_gitlab.json', 2],
    ['lever', 'lever/lever_spotify.json', 1],
    ['ashby', 'ashby/ashby_2026-08.json', 3],
  ])('%s: every item of %s becomes a posting with text, address, date and language', async (name, path, count) => {
    const postings = await postingsOf(name, path);
    expect(postings).toHaveLength(count);
    expect(share(postings, (one) => one.descriptionText.length > 100)).toBeGreaterThan(0.95);
    expect(share(postings, (one) => one.canonicalUrl !== null && one.postedAt !== null)).toBe(1);
    expect(share(postings, (one) => one.language !== null)).toBeGreaterThan(0.95);
    expect(share(postings, (one) => /<script|onclick|javascript:/i.test(one.descriptionHtml ?? ''))).toBe(0);
  });

  it('knows the country of most German postings and reads their language', async () => {
    const postings = await postingsOf('arbeitnow', 'arbeitnow/arbeitnow_page_2026-04-23.json');
    expect(share(postings, (one) => one.country === 'DE')).toBeGreaterThan(0.7);
    expect(share(postings, (one) => one.language === 'de' || one.language === 'en')).toBeGreaterThan(0.95);
  });

  it('keeps hourly pay hourly and has no salary of zero', async () => {
    const postings = await postingsOf('himalayas', 'himalayas/himalayas_jobs_2026-08.json.gz');
    expect(postings.filter((one) => one.salary?.period === 'hour').length).toBeGreaterThan(10);
    expect(share(postings, (one) => one.salary?.min === 0 || one.salary?.max === 0)).toBe(0);
  });
});
