import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeWithCorpus } from '#testing';
import { enrich } from '../../normalise/enrich.js';
import { fromImported } from './from-imported.js';
import { readPostings, type ImportLine } from './read-postings.js';

async function linesOf(content: string | Buffer, chunk = 64): Promise<ImportLine[]> {
  const bytes = Buffer.from(content);
  const parts = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) =>
    bytes.subarray(index * chunk, (index + 1) * chunk),
  );
  const lines: ImportLine[] = [];
  for await (const line of readPostings(Readable.from(parts, { objectMode: false }), { source: 'file' }))
    lines.push(line);
  return lines;
}

const own = {
  source: 'mine',
  source_id: 'a1',
  title: 'Baker',
  company: 'Northwind',
  location: 'Oslo',
  url: 'https://a.example/1',
};

describe('importing files', () => {
  it('reads JSON Lines, counts what cannot be read by its line and goes on', async () => {
    const lines = await linesOf(
      `${JSON.stringify(own)}\n\n{"title":\n"text"\n{"title":"Cook"}\n${JSON.stringify({ ...own, source_id: 'a2' })}`,
    );
    expect(lines).toMatchObject([
      { line: 1, posting: { source: 'mine', source_id: 'a1', title: 'Baker' } },
      { line: 3, problem: expect.stringContaining('not JSON') },
      { line: 4, problem: 'not an object' },
      { line: 5, problem: 'no company' },
      { line: 6, posting: { source_id: 'a2' } },
    ]);
  });

  it('reads a JSON array, a wrapped list, and either gzipped whatever the name', async () => {
    expect(await linesOf(JSON.stringify([own, own], null, 2))).toHaveLength(2);
    expect(await linesOf(JSON.stringify({ jobs: [own] }))).toMatchObject([{ posting: { title: 'Baker' } }]);
    expect(await linesOf(gzipSync(JSON.stringify([own])))).toMatchObject([{ posting: { title: 'Baker' } }]);
    expect(await linesOf(gzipSync(`${JSON.stringify(own)}\n${JSON.stringify(own)}\n`))).toHaveLength(2);
    expect(await linesOf('{"a":\n1}')).toMatchObject([{ problem: expect.stringContaining('no list of postings') }]);
  });

  it('reads CSV with quotes, line breaks in fields, and a separator of its own', async () => {
    const csv =
      'Job Title;Company Name;Location;Description;Salary\n"Cook; senior";"Contoso ""West""";Berlin;"Line one\nline two";"40.000 - 50.000 €"\nBaker;Northwind\n';
    expect(await linesOf(csv, 7)).toMatchObject([
      {
        line: 2,
        posting: {
          source: 'file',
          title: 'Cook; senior',
          company: 'Contoso "West"',
          description: 'Line one\nline two',
          salary_min: 40_000,
          salary_max: 50_000,
          currency: 'EUR',
        },
      },
      { line: 4, problem: '2 fields where the header has 5' },
    ]);
  });

  it('gives a posting without an id the same id every time', async () => {
    const bare = JSON.stringify({ title: 'Baker', company: 'Northwind' });
    const [first, second] = await linesOf(`${bare}\n${bare}`);
    expect(first).toMatchObject({ posting: { source_id: expect.stringMatching(/^[0-9a-f]{40}$/) } });
    expect(second && 'posting' in second ? second.posting : 1).toEqual(first && 'posting' in first ? first.posting : 2);
  });

  it.each([
    [
      {
        company: 'Contoso',
        platform: 'greenhouse',
        jobId: '8141',
        title: 'Clerk',
        locations: ['Oslo', 'Bergen'],
        isRemote: null,
        applyUrl: 'https://a.example/2',
        postedAt: '2026-08-21T05:00:47-04:00',
      },
      {
        source: 'greenhouse',
        source_id: '8141',
        location: 'Oslo; Bergen',
        remote: null,
        posted_at: '2026-08-21T09:00:47.000Z',
      },
    ],
    [
      {
        source: 'Simplify',
        company_name: 'Contoso',
        id: 'x',
        title: 'Clerk',
        active: true,
        date_posted: 1714605534,
        locations: ['Austin, TX'],
        sponsorship: 'Offers Sponsorship',
      },
      { source: 'simplify', visa_sponsorship: true, posted_at: '2024-05-01T23:18:54.000Z' },
    ],
    [
      { title: 'Clerk', company: { name: 'Contoso' }, workplaceType: 'hybrid', remote: false },
      { remote: null, company: 'Contoso' },
    ],
    [
      { title: 'Clerk', company: 'C', visa: 'Other', salary: 'competitive' },
      { visa_sponsorship: null, salary_min: null, currency: null },
    ],
  ])('maps %j', async (record, expected) => {
    expect(await linesOf(JSON.stringify(record))).toMatchObject([{ posting: expected }]);
  });

  it('reads the head line of a hiring thread, and leaves remarks out', async () => {
    const comment = {
      id: 46,
      type: 'comment',
      time: 1767377545,
      text: 'Northwind (<a href="https:&#x2F;&#x2F;northwind.example">https:&#x2F;&#x2F;northwind.example</a>) | Senior Go Engineer | Bilbao, Spain | ONSITE | VISA SPONSORSHIP<p>We are <i>hiring</i>.',
    };
    const lines = await linesOf(
      [comment, { ...comment, text: 'Is this still open?' }].map((one) => JSON.stringify(one)).join('\n'),
    );
    expect(lines).toMatchObject([
      {
        posting: {
          source: 'hn-who-is-hiring',
          source_id: '46',
          company: 'Northwind',
          title: 'Senior Go Engineer',
          location: 'Bilbao, Spain',
          remote: 'onsite',
        },
      },
      { problem: 'no head line of the form Company | Role | Location' },
    ]);
    const [first] = lines;
    const posting = first && 'posting' in first ? fromImported(first.posting, new Date()) : null;
    if (posting === null || 'reason' in posting) throw new Error('not a posting');
    expect(enrich(posting)).toMatchObject({ country: 'ES', visa: { verdict: 'yes' }, skills: ['Go'], level: 'senior' });
  });

  it('leaves out what is closed', async () => {
    expect(await linesOf(JSON.stringify({ ...own, active: false }))).toMatchObject([{ problem: 'no longer active' }]);
  });

  it('answers every line of any file, never throwing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.json())), async (lines) => {
        for (const line of await linesOf(lines.join('\n'), 5))
          expect('posting' in line || line.problem !== '').toBe(true);
      }),
    );
  });
});

describeWithCorpus('importing real files', (corpus) => {
  it('maps nearly every record of all collections', async () => {
    const folder = join(corpus, 'job_postings');
    const shares: Record<string, number> = {};
    let total = 0;
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.gz'))) {
      const counts = { posting: 0, problem: 0 };
      for await (const line of readPostings(createReadStream(join(folder, name)), { source: 'file' })) {
        if ('posting' in line || line.problem === 'no longer active') counts.posting++;
        else counts.problem++;
      }
      shares[name] = counts.posting / (counts.posting + counts.problem);
      total += counts.posting;
    }
    expect(total).toBeGreaterThan(28_000);
    for (const [name, share] of Object.entries(shares))
      expect([name, share > (name.startsWith('hn') ? 0.75 : 0.98)]).toEqual([name, true]);
  }, 120_000);
});
