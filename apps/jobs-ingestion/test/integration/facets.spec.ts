import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compileSchema, type CountFacetsRequest, CountFacetsResponse, type SearchJobsRequest } from '#contracts';
import { type OpenedService, type TestDatabase, fakeClock } from '#testing';
import { SearchService } from '../../src/search/search.service.js';
import { aPosting, ingestionOver, openJobs } from './fixtures.js';

// The server is shared with other suites.

const CITIES = ['Berlin, Germany', 'Munich, Germany', 'Vienna, Austria', 'Somewhere else'];
const STATEMENTS = ['We offer visa sponsorship.', 'We do not offer visa sponsorship.', '', 'Your days are your own.'];
const STACKS = ['TypeScript and PostgreSQL', 'TypeScript and Kafka', 'C++'];

describe('facets', () => {
  let opened: { db: TestDatabase } & OpenedService;
  let search: SearchService;

  const read = (bytes: Uint8Array): CountFacetsResponse => {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const schema = compileSchema(CountFacetsResponse);
    if (!schema.check(value)) throw new Error(JSON.stringify(schema.problems(value, 'body')));
    return value;
  };
  const ask = async (request: CountFacetsRequest) => read((await search.countFacets(request, null)).bytes);
  const hits = async (request: SearchJobsRequest): Promise<number> => {
    const found: { total: number } = JSON.parse(
      Buffer.from((await search.searchPostings(request, null)).bytes).toString('utf8'),
    );
    return found.total;
  };

  beforeAll(async () => {
    opened = await openJobs();
    const clock = fakeClock('2026-11-20T10:00:00Z');
    search = new SearchService(opened.database, { record: () => undefined }, clock, { SEARCH_DEFAULT_CURRENCY: 'EUR' });
    await ingestionOver(opened, clock).ingest(
      Array.from({ length: 48 }, (_, index) =>
        aPosting({
          company: index % 5 === 0 ? 'Contoso Ltd' : `Maker ${'abcdefghij'[index % 10]}${index} GmbH`,
          locationText: CITIES[index % 4] ?? null,
          remote: index % 3 === 0 ? 'remote' : null,
          description: `You write ${STACKS[index % 3]} for the ${index}th time. ${STATEMENTS[index % 4]} The team of ${index * 17} wants you to find out what people need and to build it with them.`,
          source: index % 7 === 0 ? 'remotive' : 'arbeitnow',
        }),
      ),
      { runId: null },
    );
  });
  afterAll(() => opened.db.drop());

  it('count what each choice would bring, whatever else is asked for', async () => {
    const requests: CountFacetsRequest[] = [
      {},
      { q: 'typescript' },
      { visa: ['yes'] },
      { visa_support: true, country: ['DE'] },
      { country: ['AT', 'DE'], remote: ['remote'], skills: ['typescript'] },
      { location: 'Munich', source: ['remotive'] },
      { company: 'Contoso', language: ['en'] },
    ];
    let compared = 0;
    for (const request of requests) {
      const { facets } = await ask(request);
      for (const name of ['visa', 'country', 'remote', 'experience_level', 'language', 'source'] as const) {
        for (const { value, jobs } of facets[name]) {
          if (value === null) continue;
          const { visa_support, ...others } = request;
          const without = name === 'visa' || visa_support === undefined ? others : { ...others, visa_support };
          const chosen: SearchJobsRequest = { ...without, [name]: [value] };
          expect([request, name, value, await hits(chosen)]).toEqual([request, name, value, jobs]);
          compared += 1;
        }
      }
      for (const { value, jobs } of facets.skills) {
        if (value === null) continue;
        const skills = [...(request.skills ?? []), value];
        expect([request, value, await hits({ ...request, skills })]).toEqual([request, value, jobs]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('keep what postings do not say apart, as null', async () => {
    const { total, facets } = await ask({});
    expect(total).toBe(48);
    expect(facets.remote).toEqual([
      { value: null, jobs: 32 },
      { value: 'remote', jobs: 16 },
    ]);
    expect(facets.country).toEqual([
      { value: 'DE', jobs: 24 },
      { value: 'AT', jobs: 12 },
      { value: null, jobs: 12 },
    ]);
  });

  it('show an employer once, and the others beside the one that is chosen', async () => {
    const { total, facets } = await ask({ company: 'Contoso' });
    expect(total).toBe(10);
    expect(facets.company[0]).toEqual({ value: 'Contoso Ltd', jobs: 10 });
    expect(facets.company).toHaveLength(20);
  });

  it('are empty where nothing is found, apart from what leaving a filter out would bring', async () => {
    const { total, facets } = await ask({ q: 'zzzunheard', country: ['DE'] });
    expect([total, facets.country, facets.skills]).toEqual([0, [], []]);
    const narrowed = await ask({ country: ['FR'] });
    expect([narrowed.total, narrowed.facets.skills, narrowed.facets.country.length]).toEqual([0, [], 3]);
  });

  it('refuse what cannot be right, naming the field', async () => {
    await expect(ask({ min_salary: 2, max_salary: 1 })).rejects.toMatchObject({
      details: [expect.objectContaining({ field: 'max_salary' })],
    });
  });
});
