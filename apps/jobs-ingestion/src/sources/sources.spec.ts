import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type OutboundOutcome, type OutboundRequest, readSettings } from '#platform';
import { enrich } from '../normalise/enrich.js';
import { type EnrichedPosting } from '../normalise/domain/posting.js';
import { sourceSettings } from './settings.js';
import { type FetchContext, type JobSource, type SourcePage } from './source.port.js';
import { SourceRegistry } from './source.registry.js';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const fixture = (path: string): string => readFileSync(`apps/jobs-ingestion/src/sources/${path}`, 'utf8');

const json = (body: string, headers: { etag?: string } = {}): OutboundOutcome => ({
  kind: 'ok',
  status: 200,
  body: Buffer.from(body),
  contentType: 'application/json',
  headers: {},
  url: '',
  ...headers,
});

/** Stands for the other side: what is asked is written down, what is answered is given. */
class FakeSite {
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

const context = (http: FakeSite, given: Partial<FetchContext> = {}): FetchContext => ({
  http,
  etags: new Map(),
  signal: new AbortController().signal,
  limit: 1_000,
  now: NOW,
  ...given,
});

const registry = new SourceRegistry(
  readSettings(sourceSettings, {
    GREENHOUSE_BOARDS: 'northwind',
    LEVER_SITES: 'northwind-labs,eu:fjord=Fjord AS',
    ASHBY_BOARDS: 'Northwind=Northwind Ltd.',
    THEMUSE_API_KEY: 'k',
    THEMUSE_CATEGORIES: 'Data Science,Design and UX',
  }),
);
function source(name: string): JobSource {
  const found = registry.get(name);
  if (!found) throw new Error(`no source ${name}`);
  return found;
}

async function pagesOf(name: string, site: FakeSite, given?: Partial<FetchContext>): Promise<SourcePage[]> {
  const pages: SourcePage[] = [];
  for await (const page of source(name).fetch(context(site, given))) pages.push(page);
  return pages;
}
const postingsOf = (pages: readonly SourcePage[]): EnrichedPosting[] =>
  pages.flatMap(({ postings }) => postings.map(enrich));

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
    const endless = new SourceRegistry(readSettings(sourceSettings, { THEMUSE_MAX_PAGES: '400' })).get('themuse');
    for await (const page of endless?.fetch(context(site)) ?? []) expect(page.outcome.kind).toBe('ok');
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

describe('company boards', () => {
  it('Greenhouse: unescapes the content once, divides cents, reads the metadata', async () => {
    const site = new FakeSite(() => json(fixture('greenhouse/__fixtures__/northwind.json')));
    const [page] = await pagesOf('greenhouse', site);
    expect(site.urls).toEqual([
      'https://boards-api.greenhouse.io/v1/boards/northwind/jobs?content=true&pay_transparency=true',
    ]);
    expect(page).toMatchObject({ part: 'northwind', board: 'northwind' });
    expect(postingsOf(page ? [page] : [])).toMatchObject([
      {
        board: 'northwind',
        descriptionHtml: '<p>We build &amp; run things in C++.</p><ul><li>Visa sponsorship is available.</li></ul>',
        remote: 'hybrid',
        employmentType: 'full_time',
        salary: { min: 65_000, max: 80_000, currency: 'EUR', period: 'year' },
        postedAt: '2026-11-02T09:00:00.000Z',
        language: 'en',
        requisitionId: 'R-12',
        visa: { verdict: 'yes' },
        skills: ['C++'],
      },
      { company: 'Northwind', salary: { min: 14.5, max: 16, period: 'hour' }, city: 'London', remote: null },
    ]);
  });

  it('Lever: joins the parts of the text, reads milliseconds, and names the employer', async () => {
    const site = new FakeSite(() => json(fixture('lever/__fixtures__/northwind.json')));
    const pages = await pagesOf('lever', site);
    expect(site.urls).toEqual([
      'https://api.lever.co/v0/postings/northwind-labs?mode=json',
      'https://api.eu.lever.co/v0/postings/fjord?mode=json',
    ]);
    expect(source('lever').pace).toContainEqual({ host: 'api.lever.co', ratePerSecond: 1 });
    const [first, intern] = postingsOf(pages);
    expect(first).toMatchObject({
      company: 'Northwind Labs',
      locationText: 'Stockholm; London',
      remote: 'hybrid',
      employmentType: null,
      salary: { period: 'year' },
      postedAt: '2025-11-04T00:00:00.000Z',
      canonicalUrl: 'https://jobs.lever.co/northwind/3f0c2a52-1111-4222-8333-944455556666',
      visa: { verdict: 'yes' },
    });
    expect(first?.descriptionText).toContain("What you'll do\n\n- Write SQL");
    expect(intern).toMatchObject({ remote: null, employmentType: 'internship', descriptionText: 'Plain words.' });
    expect(pages[1]?.postings[0]?.company).toBe('Fjord AS');
  });

  it('Ashby: skips what is not listed and takes the salary among the components', async () => {
    const [page] = await pagesOf('ashby', new FakeSite(() => json(fixture('ashby/__fixtures__/Northwind.json'))));
    expect(page?.rejected).toEqual([{ reason: 'not listed' }]);
    expect(postingsOf(page ? [page] : [])).toMatchObject([
      {
        company: 'Northwind Ltd.',
        remote: 'hybrid',
        employmentType: 'full_time',
        salary: { min: 65_000, max: 80_000, currency: 'EUR', period: 'year' },
        country: 'DE',
      },
      { remote: null, employmentType: 'contract', country: 'PT' },
    ]);
  });

  it('goes on with the next board when one fails, and never vouches for a board it cut', async () => {
    const site = new FakeSite((url) =>
      url.host === 'api.lever.co'
        ? { kind: 'not-found', status: 404 }
        : json(fixture('lever/__fixtures__/northwind.json')),
    );
    expect(await pagesOf('lever', site, { limit: 1 })).toMatchObject([
      { part: 'northwind-labs', outcome: { kind: 'failed', retryable: false } },
      { part: 'eu:fjord', board: null, outcome: { kind: 'ok' }, postings: [{}] },
    ]);
  });

  it('says why it cannot be used', () => {
    const empty = new SourceRegistry(readSettings(sourceSettings, { ASHBY_BOARDS: ',' }));
    expect(empty.get('ashby')?.unavailableReason).toBe('No boards: list them in ASHBY_BOARDS.');
  });
});

describe('hostile answers', () => {
  const names = registry.all().map(({ name }) => name);
  const huge = 'x'.repeat(3_000_000);

  it('degrade to rejected items and never throw', async () => {
    const keys = ['id', 'slug', 'guid', 'title', 'name', 'text', 'company_name', 'companyName', 'company', 'location'];
    const fields = [...keys, 'content', 'description', 'salaryRange', 'pay_input_ranges', 'metadata', 'lists', 'tags'];
    const item = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...fields), fc.anything()));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.array(item, { maxLength: 5 }), async (name, items) => {
        const body = name === 'lever' ? items : { jobs: items, data: items, results: items, links: { next: 'x' } };
        const text = JSON.stringify(body, (_, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value,
        );
        for (const page of await pagesOf(name, new FakeSite(() => json(text)), { limit: 20 })) {
          for (const posting of page.postings) {
            expect(posting.title.length).toBeLessThanOrEqual(300);
            enrich(posting);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are cut to size', async () => {
    const item = {
      id: 1,
      title: huge,
      absolute_url: 'https://a.example/1',
      content: `<p>${huge}`,
      location: { name: huge },
    };
    const site = new FakeSite(() => json(JSON.stringify({ jobs: [item] })));
    const [posting] = postingsOf(await pagesOf('greenhouse', site));
    expect(posting?.title).toHaveLength(300);
    expect(posting?.descriptionText.length).toBeLessThanOrEqual(60_000);
  });

  it('leave no markup that runs, and no NUL', async () => {
    const content =
      '<p>a\u0000b</p><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a><svg><script>1</script></svg>';
    const item = { id: 1, title: 'A\u0000B\ud800', company_name: 'C', content };
    const site = new FakeSite(() => json(JSON.stringify({ jobs: [item] })));
    const [posting] = postingsOf(await pagesOf('greenhouse', site));
    expect(posting?.descriptionHtml).toBe('<p>a b</p><a rel="nofollow noopener noreferrer">x</a>');
    expect(posting?.title).toBe('A B');
  });
});
