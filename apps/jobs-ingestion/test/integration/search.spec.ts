import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compileSchema, JobDetail, SearchJobsResponse, type JobListItem, type SearchJobsRequest } from '#contracts';
import { AppError, newId } from '#kernel';
import { fakeClock, type OpenedService, type TestDatabase } from '#testing';
import { SearchService } from '../../src/search/search.service.js';
import type { IngestionService } from '../../src/ingestion/ingestion.service.js';
import { aPosting, ingestionOver, only, openJobs } from './fixtures.js';

type Answer = Omit<ReturnType<typeof parse>, never>;
const parse = (bytes: Uint8Array) => {
  const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  const schema = compileSchema(SearchJobsResponse);
  if (!schema.check(value)) throw new Error(JSON.stringify(schema.problems(value, 'body')));
  return value;
};

const USER = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11';

// The server is shared with other suites.

describe('search', () => {
  let opened: { db: TestDatabase } & OpenedService;
  let ingestion: IngestionService;
  let search: SearchService;
  const told: { type: string; data: unknown }[] = [];
  const clock = fakeClock('2026-11-20T10:00:00Z');

  const ask = async (request: SearchJobsRequest, userId: string | null = null): Promise<Answer> =>
    parse((await search.searchPostings(request, userId)).bytes);
  const titles = ({ jobs }: Answer): string[] => jobs.map((job) => job.title ?? '').sort();

  beforeAll(async () => {
    opened = await openJobs();
    ingestion = ingestionOver(opened, clock);
    const telemetry = {
      record: (contract: { type: string }, data: unknown) => {
        told.push({ type: contract.type, data });
      },
    };
    search = new SearchService(opened.database, telemetry, clock, { SEARCH_DEFAULT_CURRENCY: 'EUR' });
    await ingestion.ingest(
      [
        aPosting({
          title: 'Senior TypeScript Engineer',
          company: 'Northwind GmbH',
          locationText: 'Munich, Germany',
          remote: 'hybrid',
          description:
            'You write TypeScript and PostgreSQL. We offer visa sponsorship. Salary: 80,000 - 95,000 EUR per year.',
          employmentType: 'full_time',
          postedAt: '2026-11-19T08:00:00Z',
        }),
        aPosting({
          title: 'C++ Developer',
          company: 'Contoso Ltd',
          locationText: 'London, United Kingdom',
          remote: 'onsite',
          description: 'You write C++ for trading. We do not offer visa sponsorship. £70,000 - £90,000 per year.',
          postedAt: '2026-11-10T08:00:00Z',
        }),
        aPosting({
          title: 'C# Developer',
          company: 'Contoso Ltd',
          locationText: 'London, United Kingdom',
          remote: 'onsite',
          description: 'You write C# on the .NET platform every day of the week.',
          postedAt: '2026-11-09T08:00:00Z',
        }),
        aPosting({
          title: 'Développeur Node.js confirmé',
          company: 'Société Générale SA',
          locationText: 'Paris, France',
          remote: 'remote',
          description:
            'Vous développez des services avec Node.js et une équipe à Paris, et vous écrivez du code simple. Nous proposons le télétravail.',
          postedAt: '2026-10-01T08:00:00Z',
          source: 'remotive',
        }),
        aPosting({
          title: 'Data Analyst',
          company: 'Tailspin SE',
          locationText: 'Berlin, Germany',
          description: 'You answer questions with SQL and Python. Salary: 4,500 - 5,000 EUR per month.',
          postedAt: null,
        }),
      ],
      { runId: null },
    );
  }, 60_000);
  afterAll(() => opened.db.drop());

  const cases: [string, SearchJobsRequest, string[]][] = [
    ['q by a word of the title', { q: 'typescript' }, ['Senior TypeScript Engineer']],
    ['q without the accent', { q: 'developpeur confirme' }, ['Développeur Node.js confirmé']],
    ['q with the accent, in capitals', { q: 'DÉVELOPPEUR' }, ['Développeur Node.js confirmé']],
    ['q by the company', { q: 'contoso' }, ['C# Developer', 'C++ Developer']],
    ['q c++, not c#', { q: 'c++ developer' }, ['C++ Developer']],
    ['q as a phrase', { q: '"answer questions"' }, ['Data Analyst']],
    ['q with or and minus', { q: 'analyst or developer -trading' }, ['C# Developer', 'Data Analyst']],
    ['q that nothing matches', { q: 'zzzunheard' }, []],
    ['q of signs only', { q: '!!!' }, []],
    ['location in German', { location: 'München' }, ['Senior TypeScript Engineer']],
    ['location as city and country', { location: 'Berlin, Germany' }, ['Data Analyst']],
    ['location as a country', { location: 'Germany' }, ['Data Analyst', 'Senior TypeScript Engineer']],
    ['several countries', { country: ['FR', 'GB'] }, ['C# Developer', 'C++ Developer', 'Développeur Node.js confirmé']],
    ['visa_support', { visa_support: true }, ['Senior TypeScript Engineer']],
    ['visa verdicts', { visa: ['no'] }, ['C++ Developer']],
    [
      'visa_support=false does not restrict',
      { visa_support: false, q: 'developer' },
      ['C# Developer', 'C++ Developer'],
    ],
    ['remote', { remote: ['remote', 'hybrid'] }, ['Développeur Node.js confirmé', 'Senior TypeScript Engineer']],
    ['all skills', { skills: ['TypeScript', 'postgres'] }, ['Senior TypeScript Engineer']],
    ['a skill with signs', { skills: ['c#'] }, ['C# Developer']],
    ['min_salary in the default currency only', { min_salary: 75_000 }, ['Senior TypeScript Engineer']],
    ['monthly pay counts by the year', { min_salary: 58_000, max_salary: 60_000 }, ['Data Analyst']],
    ['min_salary in pounds', { min_salary: 75_000, currency: 'GBP' }, ['C++ Developer']],
    [
      'min_salary keeps unknown pay when asked to',
      { min_salary: 75_000, include_unknown_salary: true },
      ['C# Developer', 'C++ Developer', 'Développeur Node.js confirmé', 'Senior TypeScript Engineer'],
    ],
    [
      'experience_level',
      { experience_level: ['senior'] },
      ['Développeur Node.js confirmé', 'Senior TypeScript Engineer'],
    ],
    ['language', { language: ['fr'] }, ['Développeur Node.js confirmé']],
    ['company without its legal form', { company: 'societe generale' }, ['Développeur Node.js confirmé']],
    ['source', { source: ['remotive'] }, ['Développeur Node.js confirmé']],
    ['posted_since', { posted_since: 3 }, ['Data Analyst', 'Senior TypeScript Engineer']],
    [
      'filters together',
      { q: 'engineer', country: ['DE'], remote: ['hybrid'], visa_support: true },
      ['Senior TypeScript Engineer'],
    ],
    ['filters that contradict', { country: ['FR'], skills: ['c++'] }, []],
    ['text that looks like SQL', { q: `'; DROP TABLE posting; --`, company: `x' OR '1'='1` }, []],
    ['wildcards of LIKE', { company: '%' }, []],
  ];
  it.each(cases)('finds by %s', async (_name, request, expected) => {
    const answer = await ask(request);
    expect(titles(answer)).toEqual(expected);
    expect(answer).toMatchObject({ total: expected.length, total_is_estimate: false, page: 1 });
  });

  it('answers with everything a list shows, unknown as null', async () => {
    const job = only((await ask({ q: 'typescript' })).jobs);
    expect(job).toMatchObject({
      company: 'Northwind GmbH',
      city: 'Munich',
      country: 'DE',
      remote_option: 'hybrid',
      salary_min: 80_000,
      salary_max: 95_000,
      currency: 'EUR',
      salary_period: 'year',
      visa_sponsorship: true,
      experience_level: 'senior',
      employment_type: 'full_time',
      posted_date: '2026-11-19',
      posted_at: '2026-11-19T08:00:00.000Z',
      source: 'arbeitnow',
      is_bookmarked: false,
    } satisfies Partial<JobListItem>);
    expect(job.visa?.evidence[0]?.quote).toContain('visa sponsorship');
    const analyst = only((await ask({ q: 'analyst' })).jobs);
    expect(analyst).toMatchObject({ posted_at: null, posted_date: null, visa_sponsorship: null, remote_option: null });
  });

  it('answers only the asked fields', async () => {
    expect(only((await ask({ q: 'typescript', fields: ['title', 'company'] })).jobs)).toEqual({
      title: 'Senior TypeScript Engineer',
      company: 'Northwind GmbH',
    });
  });

  it('sorts by date both ways, by salary within one currency, and by relevance with the title first', async () => {
    const dates = (await ask({})).jobs.map((job) => job.title);
    // Its date is unknown, so it counts as posted when it was first seen.
    expect(dates[0]).toBe('Data Analyst');
    expect((await ask({ sort_order: 'asc' })).jobs.map((job) => job.title)).toEqual([...dates].reverse());
    const paid = await ask({ sort_by: 'salary' });
    expect(paid.jobs.map((job) => job.title)).toEqual(['Senior TypeScript Engineer', 'Data Analyst']);
    expect(paid.salary_currency).toBe('EUR');
    const relevant = await ask({ q: 'developer or write', sort_by: 'relevance' });
    expect(
      relevant.jobs
        .map((job) => job.title)
        .slice(0, 2)
        .sort(),
    ).toEqual(['C# Developer', 'C++ Developer']);
  });

  it('refuses what cannot be right, naming the field', async () => {
    const refusals: [SearchJobsRequest, string][] = [
      [{ min_salary: 10, max_salary: 5 }, 'max_salary'],
      [{ page: 200, per_page: 100 }, 'page'],
      [{ cursor: 'nonsense' }, 'cursor'],
      [{ cursor: Buffer.from('["salary",true,1,"x",null,1,false]').toString('base64url') }, 'cursor'],
    ];
    for (const [request, field] of refusals) {
      const error = await ask(request).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field }] });
    }
  });

  it('shows a reader what he keeps, and to nobody else', async () => {
    const { id } = only((await ask({ q: 'typescript' })).jobs);
    await opened.db.admin('INSERT INTO jobs.bookmark (user_id, posting_id, created_at) VALUES ($1, $2, now())', [
      USER,
      id,
    ]);
    expect(only((await ask({ q: 'typescript' }, USER)).jobs).is_bookmarked).toBe(true);
    expect(only((await ask({ q: 'typescript' }, '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d12')).jobs).is_bookmarked).toBe(
      false,
    );
  });

  it('tells of a search by a signed-in person which filters it had and how many hits, not the words', async () => {
    told.length = 0;
    await ask({ q: 'typescript', country: ['DE'], page: 1 }, USER);
    await ask({ q: 'typescript' });
    expect(told).toHaveLength(1);
    expect(told[0]?.data).toMatchObject({ user_id: USER, filters: ['q', 'country'], total: 1 });
    expect(JSON.stringify(told)).not.toContain('typescript');
  });

  it('gives the whole posting with every place it was seen at, and 404 for what is not there', async () => {
    const { id = '' } = only((await ask({ q: 'typescript' })).jobs);
    const detail: unknown = JSON.parse(Buffer.from((await search.getPosting(id, null)).bytes).toString('utf8'));
    expect(compileSchema(JobDetail).problems(detail, 'body')).toEqual([]);
    expect(detail).toMatchObject({
      is_active: true,
      benefits: null,
      freshness: { seen_at_sources: 1 },
      sightings: [{ source: 'arbeitnow', merge: null }],
      places: [{ city: 'Munich', country: 'DE' }],
    });
    await expect(search.getPosting(USER, null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('pages by cursor without skipping or repeating while postings arrive, in every sort', async () => {
    const company = 'Wide World Importers';
    const many = (count: number, day: number) =>
      Array.from({ length: count }, (_, index) =>
        aPosting({
          company,
          title: `Importer ${day} ${index}`,
          description: `Import things ${'import '.repeat(index % 5)}. Pays ${50_000 + (index % 9) * 1_000} - ${60_000 + (index % 9) * 1_000} EUR per year. ${index} ${day}`,
          postedAt: new Date(Date.UTC(2026, 8, day, 0, index % 7)).toISOString(),
        }),
      );
    await ingestion.ingest(many(70, 1), { runId: null });
    for (const [round, sort] of (['posted_date', 'salary', 'relevance'] as const).entries()) {
      const request: SearchJobsRequest = { company, q: 'importer', sort_by: sort, per_page: 12 };
      const before = await idsOf(company);
      const seen: string[] = [];
      let cursor: string | null | undefined;
      for (let page = 0; page < 40 && cursor !== null; page += 1) {
        const answer = await ask({ ...request, ...(cursor === undefined ? {} : { cursor }) });
        if (page === 0) expect(answer.total).toBe(before.length);
        seen.push(...answer.jobs.map((job) => job.id ?? ''));
        cursor = answer.next_cursor;
        // Newer, older and in the middle, between any two pages.
        if (page < 3) await ingestion.ingest([...many(2, 2 + round * 6 + page), ...many(1, 28)], { runId: null });
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(before.filter((id) => !seen.includes(id))).toEqual([]);
    }
  });

  it('stops counting at a thousand and says so', async () => {
    await opened.db.admin(
      `INSERT INTO jobs.posting (id, title, title_key, company, company_key, places, place_words, skills, skill_keys, excerpt,
         description_text, fingerprint, visa_verdict, visa_evidence, source, posted_at, first_seen_at, updated_at)
       SELECT id, 'Bulk', 'bulk', 'Bulk', 'bulk', '[]', '{}', '{}', '{}', '', 'bulk text', n::text, 'unknown', '[]', 's',
              now() - n * interval '1 second', now(), now() FROM unnest($1::uuid[]) WITH ORDINALITY AS made(id, n)`,
      [Array.from({ length: 1500 }, () => newId())],
    );
    for (const sort of ['posted_date', 'relevance'] as const) {
      const answer = await ask({ q: 'bulk', sort_by: sort, fields: ['id'] });
      expect(answer).toMatchObject({ total: 1000, total_is_estimate: true, total_pages: 50 });
    }
    const next = await ask({ q: 'bulk', fields: ['id'], cursor: (await ask({ q: 'bulk' })).next_cursor ?? '' });
    expect(next).toMatchObject({ total: 1000, total_is_estimate: true });
  });

  const idsOf = async (company: string): Promise<string[]> =>
    (await opened.db.admin<{ id: string }>('SELECT id FROM jobs.posting WHERE company = $1', [company])).map(
      ({ id }) => id,
    );
});
