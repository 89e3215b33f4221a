import { describe, expect, it } from '@jest/globals';
import type { OutboundOutcome } from '#platform';
import {
  contextOf,
  FakeSite,
  fixture,
  json,
  NOW,
  pagesOf,
  postingsOf,
  registryOf,
} from '../../test/support/fake-site.js';
import type { SourcePage } from './source.port.js';

describe('Arbeitnow', () => {
  const site = (): FakeSite =>
    new FakeSite((url) => json(fixture(`arbeitnow/__fixtures__/page-${url.searchParams.get('page')}.json`)));

  it('pages until the last link, on its own host whatever the link says', async () => {
    const asked = site();
    const pages = await pagesOf('arbeitnow', asked);
    expect(asked.urls).toEqual([
      'https://www.arbeitnow.com/api/job-board-api?page=1',
      'https://www.arbeitnow.com/api/job-board-api?page=2',
    ]);
    expect(asked.asked[0]).toMatchObject({ target: 'arbeitnow', policy: 'trusted', accept: ['application/json'] });
    expect(pages.map(({ outcome }) => outcome.kind)).toEqual(['ok', 'ok']);
    expect(pages[1]?.rejected).toEqual([
      { reason: 'no company', sourceId: 'broken' },
      { reason: 'not an object' },
      { reason: 'no id' },
    ]);
  });

  it('reads seconds, mixed job types, and no statement where there is none', async () => {
    const [first, second] = postingsOf(await pagesOf('arbeitnow', site()));
    expect(first).toMatchObject({
      source: 'arbeitnow',
      sourceId: 'backend-engineer-berlin-1',
      company: 'Northwind GmbH',
      city: 'Berlin',
      country: 'DE',
      remote: null,
      salary: null,
      employmentType: 'full_time',
      level: 'mid',
      postedAt: '2025-11-19T00:00:00.000Z',
      visa: { verdict: 'yes' },
      attribution: { name: 'Arbeitnow', url: 'https://www.arbeitnow.com' },
    });
    expect(first?.skills).toEqual(expect.arrayContaining(['TypeScript', 'PostgreSQL']));
    expect(first?.descriptionText).toBe(
      'Wir bauen Werkzeuge für Gärtnereien. Visa-Sponsoring möglich.\n\n- TypeScript\n\n- PostgreSQL',
    );
    expect(second).toMatchObject({
      remote: 'remote',
      employmentType: 'part_time',
      level: 'internship',
      visa: { verdict: 'yes' },
    });
  });

  it('stops at the limit, and where everything is older than asked for', async () => {
    expect(postingsOf(await pagesOf('arbeitnow', site(), { limit: 1 }))).toHaveLength(1);
    expect(await pagesOf('arbeitnow', site(), { since: NOW })).toHaveLength(1);
  });
});

describe('The Muse', () => {
  it('splits by category, counts pages from one and sends the key as a parameter', async () => {
    const site = new FakeSite((url) => json(fixture(`themuse/__fixtures__/page-${url.searchParams.get('page')}.json`)));
    const pages = await pagesOf('themuse', site);
    expect(site.urls[0]).toBe(
      'https://www.themuse.com/api/public/jobs?page=1&category=Data+Science&descending=true&api_key=k',
    );
    expect(site.urls.map((url) => new URL(url).searchParams.get('page'))).toEqual(['1', '2', '1', '2']);
    expect(pages.map(({ part }) => part)).toEqual([
      'Data Science page 1',
      'Data Science page 2',
      'Design and UX page 1',
      'Design and UX page 2',
    ]);
    const [first, intern, bare] = postingsOf(pages);
    expect(first).toMatchObject({
      sourceId: '18000001',
      level: 'mid',
      employmentType: null,
      country: 'DE',
      remote: null,
    });
    expect(intern).toMatchObject({ employmentType: 'internship', remote: 'remote', city: 'Paris' });
    expect(bare).toMatchObject({ locationText: null, level: null });
  });

  it('does not go beyond page 99, which is the last that answers', async () => {
    const results = (JSON.parse(fixture('themuse/__fixtures__/page-1.json')) as { results: unknown[] }).results;
    const site = new FakeSite(() => json(JSON.stringify({ page_count: 5_000, results })));
    const endless = registryOf({ THEMUSE_MAX_PAGES: '400' }).get('themuse');
    for await (const page of endless?.fetch(contextOf(site)) ?? []) expect(page.outcome.kind).toBe('ok');
    expect(site.asked).toHaveLength(99);
  });
});

describe('Remotive', () => {
  it('asks once, conditionally, and hands the validators back to be kept', async () => {
    const site = new FakeSite(() => json(fixture('remotive/__fixtures__/all.json'), { etag: '"v2"' }));
    const key = 'https://remotive.com/api/remote-jobs';
    const [page] = await pagesOf('remotive', site, { etags: new Map([[key, { etag: '"v1"' }]]) });
    expect(site.asked).toMatchObject([{ url: key, etag: '"v1"' }]);
    expect(page?.validators).toEqual({ key, etag: '"v2"', lastModified: undefined });
    const [first, second] = postingsOf(page ? [page] : []);
    expect(first).toMatchObject({
      title: 'Senior Backend Engineer & Mentor',
      remote: 'remote',
      level: 'senior',
      postedAt: '2026-11-16T14:23:05.000Z',
      salary: { min: 90_000, max: 120_000, currency: 'USD', period: 'year', evidence: '$90k - $120k' },
      visa: { verdict: 'no' },
    });
    expect(first?.descriptionHtml).toBe('<p>We run <b>Go</b> services.</p><p>We do not sponsor visas.</p>');
    expect(second).toMatchObject({ salary: null, employmentType: 'contract', country: null });
  });

  it('tells unchanged, blocked and failed from empty', async () => {
    const answers: [OutboundOutcome, SourcePage['outcome']][] = [
      [{ kind: 'not-modified', url: '' }, { kind: 'unchanged' }],
      [
        { kind: 'blocked', status: 403 },
        { kind: 'blocked', reason: 'the site answered 403', until: undefined },
      ],
      [
        { kind: 'not-found', status: 404 },
        { kind: 'failed', reason: 'nothing there (404)', retryable: false },
      ],
      [
        { kind: 'failed', reason: 'timeout', retryable: true },
        { kind: 'failed', reason: 'timeout', retryable: true },
      ],
      [json('<html>Maintenance</html>'), { kind: 'failed', reason: 'the answer is not JSON', retryable: false }],
      [json('{"error":"x"}'), { kind: 'failed', reason: 'the answer has no list of jobs', retryable: false }],
      [json('{"jobs":[]}'), { kind: 'ok' }],
    ];
    for (const [answer, outcome] of answers) {
      const [page] = await pagesOf('remotive', new FakeSite(() => answer));
      expect(page).toMatchObject({ outcome, postings: [] });
    }
  });
});

describe('Himalayas', () => {
  it('follows the cursor and keeps hourly pay hourly', async () => {
    const site = new FakeSite((url) =>
      json(fixture(`himalayas/__fixtures__/page-${url.searchParams.get('cursor') === 'abc' ? 2 : 1}.json`)),
    );
    const postings = postingsOf(await pagesOf('himalayas', site));
    expect(site.urls).toEqual([
      'https://himalayas.app/jobs/api?limit=20',
      'https://himalayas.app/jobs/api?limit=20&cursor=abc',
    ]);
    expect(postings).toMatchObject([
      {
        salary: { min: 70_000, max: 90_000, currency: 'EUR', period: 'year' },
        country: null,
        expiresAt: '2026-01-18T00:00:00.000Z',
      },
      {
        salary: { min: 18.5, max: 22, period: 'hour' },
        locationText: 'Worldwide',
        employmentType: 'contract',
        level: null,
      },
      { salary: null, country: 'PT' },
    ]);
  });

  it('goes on by offset where the answer is of the older shape', async () => {
    const body = {
      ...(JSON.parse(fixture('himalayas/__fixtures__/page-1.json')) as object),
      nextCursor: null,
      totalCount: 30,
    };
    const site = new FakeSite((url) =>
      json(JSON.stringify({ ...body, offset: Number(url.searchParams.get('offset') ?? 0) })),
    );
    await pagesOf('himalayas', site);
    expect(site.urls[1]).toBe('https://himalayas.app/jobs/api?limit=20&offset=20');
    expect(site.asked).toHaveLength(2);
  });
});
