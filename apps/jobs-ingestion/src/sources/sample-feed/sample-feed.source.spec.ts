import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { sampleFeedSource } from './sample-feed.source.js';
import { contextOf, NOW, pagesOf } from './test/sample-feed.js';

/** A feed of one file with that content. */
async function feedOf(content: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'sample-feed-'));
  await writeFile(join(folder, 'one.json'), content);
  return pathToFileURL(`${folder}/`);
}

const ITEM = {
  id: 'sf-1',
  company: 'Möwenkai GmbH',
  title: 'Backend Engineer',
  location: 'Hamburg, Germany',
  workplace: 'hybrid',
  employment: 'Full-time',
  salary: { min: 60_000, max: 70_000, currency: 'EUR', period: 'year' },
  visa_flag: 'offers',
  posted_days_ago: 3,
  url: 'https://jobs.example/moewenkai/1',
  description: ['First line.', '', '- second'],
};

describe('the source of the sample feed', () => {
  it('maps an item to a posting of an employer marked as fictional', async () => {
    const [page] = await pagesOf(sampleFeedSource(await feedOf(JSON.stringify([ITEM]))));
    expect(page).toMatchObject({ part: 'one', board: null, outcome: { kind: 'ok' }, rejected: [], validators: null });
    expect(page?.postings).toEqual([
      expect.objectContaining({
        source: 'sample-feed',
        sourceId: 'sf-1',
        company: 'Möwenkai GmbH (fictional)',
        remote: 'hybrid',
        employmentType: 'full_time',
        salary: { min: 60_000, max: 70_000, currency: 'EUR', period: 'year', isEstimated: false, evidence: null },
        visaFlag: { says: 'offers', basis: 'field', statement: 'visa sponsorship: offers' },
        postedAt: '2026-03-07T00:00:00.000Z',
        applyUrl: 'https://jobs.example/moewenkai/1',
        descriptionText: 'First line.\n\n- second',
        attribution: { name: 'Sample feed (fictional postings)', url: 'https://jobs.example/' },
        fetchedAt: NOW.toISOString(),
      }),
    ]);
  });

  it('says nothing where an item says nothing', async () => {
    const { id, company, title } = ITEM;
    const [page] = await pagesOf(sampleFeedSource(await feedOf(JSON.stringify([{ id, company, title }]))));
    expect(page?.postings[0]).toMatchObject({
      remote: null,
      salary: null,
      salaryText: null,
      employmentType: null,
      visaFlag: null,
      postedAt: null,
      applyUrl: null,
      descriptionText: '',
    });
  });

  it('keeps what cannot be a posting with the reason', async () => {
    const items = [7, { ...ITEM, id: undefined }, { ...ITEM, company: ' ' }];
    const [page] = await pagesOf(sampleFeedSource(await feedOf(JSON.stringify(items))));
    expect(page?.postings).toEqual([]);
    expect(page?.rejected).toEqual([
      { reason: 'not an object' },
      { reason: 'no id' },
      { reason: 'no company', sourceId: 'sf-1' },
    ]);
  });

  it.each([
    ['a file that is no JSON', () => feedOf('[{')],
    ['a file that is no list', () => feedOf('{}')],
    ['a feed that is not there', () => Promise.resolve(pathToFileURL('/nowhere/at/all/'))],
  ])('tells of %s instead of throwing', async (_name, feed) => {
    const pages = await pagesOf(sampleFeedSource(await feed()));
    expect(pages).toEqual([
      expect.objectContaining({ outcome: expect.objectContaining({ kind: 'failed', retryable: false }), postings: [] }),
    ]);
  });

  it('stops at the limit and on a signal, and begins again when asked again', async () => {
    const limited = await pagesOf(sampleFeedSource(), contextOf({ limit: 70 }));
    expect(limited.flatMap((page) => page.postings)).toHaveLength(70);
    expect(await pagesOf(sampleFeedSource(), contextOf({ signal: AbortSignal.abort() }))).toEqual([]);
    const source = sampleFeedSource();
    expect(await pagesOf(source)).toEqual(await pagesOf(source));
  });

  it('stays fresh: a month later every posting is a month younger than it would be', async () => {
    const later = new Date(NOW.getTime() + 30 * 86_400_000);
    const datesOf = async (now: Date): Promise<number[]> =>
      (await pagesOf(sampleFeedSource(), contextOf({ now })))
        .flatMap((page) => page.postings)
        .map(({ postedAt }) => (now.getTime() - Date.parse(postedAt ?? '')) / 86_400_000);
    const ages = await datesOf(NOW);
    expect(await datesOf(later)).toEqual(ages);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ages)).toBeLessThan(46);
  });
});
