import { describe, expect, it } from '@jest/globals';
import { FakeSite, fixture, json, pagesOf, postingsOf, registryOf, sourceOf } from '../../test/support/fake-site.js';

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
    expect(sourceOf('lever').pace).toContainEqual({ host: 'api.lever.co', ratePerSecond: 1 });
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
    const empty = registryOf({ ASHBY_BOARDS: ',' });
    expect(empty.get('ashby')?.unavailableReason).toBe('No boards: list them in ASHBY_BOARDS.');
  });
});
