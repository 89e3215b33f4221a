import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenedService, TestDatabase } from '#testing';
import { jobsSchema } from '../../src/data-source.js';
import { CatalogueRepository } from '../../src/ingestion/catalogue.repository.js';
import type { IngestionService } from '../../src/ingestion/ingestion.service.js';
import { aPosting, ingestionOver, only, openJobs } from './fixtures.js';

const TEXT = `We look for somebody who runs the systems behind our payment product. You plan capacity, write runbooks,
take part in an on-call rota of eight people and make the next incident less likely than the last one. You know Linux,
PostgreSQL and Kubernetes from running them, you have written Go or TypeScript that other people had to maintain, and you
explain trade-offs to people who do not share your background. We pay for the move to Berlin and offer visa sponsorship.`;

// The server is shared with other suites.

describe('ingestion', () => {
  let opened: { db: TestDatabase } & OpenedService;
  let ingestion: IngestionService;
  const counts = async () => {
    const rows = await opened.db.admin<{ postings: number; sightings: number; created: number; changed: number }>(
      `SELECT (SELECT count(*)::int FROM jobs.posting) AS postings, (SELECT count(*)::int FROM jobs.sighting) AS sightings,
              (SELECT count(*)::int FROM jobs.outbox WHERE subject LIKE 'evt.%created%') AS created,
              (SELECT count(*)::int FROM jobs.outbox WHERE subject LIKE 'evt.%changed%') AS changed`,
    );
    return only(rows);
  };

  beforeAll(async () => {
    opened = await openJobs();
    ingestion = ingestionOver(opened);
  }, 60_000);
  afterAll(() => opened.db.drop());

  it('stores a page once, however often it comes', async () => {
    const page = Array.from({ length: 450 }, () => aPosting());
    const before = await counts();
    const first = await ingestion.ingest(page, { runId: null });
    expect(first).toMatchObject({ fetched: 450, created: 450, unchanged: 0, duplicate_near: 0 });
    const after = await counts();
    expect(after.postings - before.postings).toBe(450);
    expect(after.created - before.created).toBe(450);
    const second = await ingestion.ingest(page, { runId: null });
    expect(second).toMatchObject({ fetched: 450, created: 0, changed: 0, unchanged: 450 });
    expect(await counts()).toEqual(after);
  });

  it('keeps what a posting says: place, pay, level, skills, visa words, and null for what it does not say', async () => {
    await ingestion.ingest(
      [
        aPosting({
          sourceId: 'full',
          title: 'Senior Platform Engineer',
          company: 'Northwind GmbH',
          locationText: 'Berlin, Germany',
          description: `${TEXT} Salary: 80.000 - 95.000 € per year.`,
        }),
        aPosting({
          sourceId: 'bare',
          title: 'Gardener',
          company: 'Parkwerk',
          locationText: null,
          description: 'Call us.',
          postedAt: null,
        }),
      ],
      { runId: null },
    );
    const [full = {}, bare = {}] = await opened.db.admin(
      `SELECT p.* FROM jobs.posting p JOIN jobs.sighting s ON s.posting_id = p.id
       WHERE s.source_id IN ('full', 'bare') ORDER BY s.source_id DESC`,
    );
    expect(full).toMatchObject({
      city: 'Berlin',
      country: 'DE',
      experience_level: 'senior',
      salary_min: '80000.00',
      salary_max: '95000.00',
      salary_currency: 'EUR',
      salary_year_max: '95000.00',
      visa_verdict: 'yes',
      language: 'en',
    });
    expect(full.skills).toEqual(expect.arrayContaining(['PostgreSQL', 'Kubernetes', 'TypeScript']));
    expect(full.visa_evidence[0].quote).toContain('visa sponsorship');
    expect(full.place_words).toEqual(expect.arrayContaining(['berlin', 'germany', 'DE']));
    expect(bare).toMatchObject({
      city: null,
      country: null,
      salary_min: null,
      remote_mode: null,
      experience_level: null,
      visa_verdict: 'unknown',
      posted_at: null,
    });
    expect(bare.listed_at).toEqual(bare.first_seen_at);
  });

  it('joins one opening seen at several places by address, by fingerprint and by likeness, and says why', async () => {
    const base = { title: 'Site Reliability Engineer', company: 'Tailspin SE', description: TEXT };
    const result = await ingestion.ingest(
      [
        aPosting({
          ...base,
          source: 'greenhouse',
          sourceId: 'd1',
          applyUrl: 'https://tailspin.example/jobs/7?utm_source=x',
        }),
        aPosting({
          ...base,
          source: 'himalayas',
          sourceId: 'd2',
          applyUrl: 'https://www.tailspin.example/jobs/7',
          title: 'Site Reliability Engineer (m/w/d)',
        }),
        aPosting({ ...base, source: 'remotive', sourceId: 'd3', applyUrl: 'https://remotive.example/99' }),
        aPosting({
          ...base,
          source: 'themuse',
          sourceId: 'd4',
          applyUrl: 'https://muse.example/5',
          company: 'Tailspin',
          description: `${TEXT.slice(0, 400)} Apply at The Muse.`,
          locationText: 'Berlin',
        }),
      ],
      { runId: null },
    );
    expect(result).toMatchObject({ fetched: 4, created: 1, duplicate_url: 1 });
    expect(result.duplicate_fingerprint + result.duplicate_near).toBe(2);
    const rows = await opened.db.admin(
      `SELECT source, posting_id, layer, score, evidence FROM jobs.sighting WHERE source_id IN ('d1','d2','d3','d4') ORDER BY source_id`,
    );
    expect(new Set(rows.map((row) => row.posting_id)).size).toBe(1);
    expect(rows[0]).toMatchObject({ layer: 'first', score: null, evidence: null });
    expect(rows[1]).toMatchObject({ layer: 'url', score: 1 });
    for (const row of rows.slice(1)) expect(row.evidence.length).toBeGreaterThan(0);
  });

  it('recognises in a later page what an earlier one stored', async () => {
    const base = {
      title: 'Data Engineer Lakehouse',
      company: 'Fabrikam AG',
      description: TEXT.replace('payment', 'billing'),
    };
    await ingestion.ingest(
      [aPosting({ ...base, source: 'lever', sourceId: 'l1', applyUrl: 'https://fabrikam.example/1' })],
      { runId: null },
    );
    const later = await ingestion.ingest(
      [
        aPosting({
          ...base,
          source: 'arbeitnow',
          sourceId: 'l2',
          applyUrl: 'https://fabrikam.example/1?ref=arbeitnow',
        }),
        aPosting({ ...base, source: 'themuse', sourceId: 'l3', applyUrl: 'https://muse.example/l3' }),
      ],
      { runId: null },
    );
    expect(later).toMatchObject({ created: 0, duplicate_url: 1, duplicate_fingerprint: 1 });
  });

  it('keeps apart what differs in level, stack, place or requisition', async () => {
    const pairs: [object, object][] = [
      [{ title: 'Senior Data Engineer' }, { title: 'Junior Data Engineer' }],
      [{ title: 'Backend Engineer (Java)' }, { title: 'Backend Engineer (Python)' }],
      [{ locationText: 'Tallinn, Estonia' }, { locationText: 'Berlin, Germany' }],
      [{ applyUrl: 'https://c.example/jobs?gh_jid=4400001' }, { applyUrl: 'https://c.example/jobs?gh_jid=4400002' }],
    ];
    for (const [index, [one, other]] of pairs.entries()) {
      const base = { company: `Contoso ${index} Ltd`, title: 'Data Engineer', description: TEXT };
      const result = await ingestion.ingest(
        [
          aPosting({ ...base, ...one, sourceId: `k${index}a` }),
          aPosting({ ...base, ...other, sourceId: `k${index}b` }),
        ],
        { runId: null },
      );
      expect({ index, created: result.created }).toEqual({ index, created: 2 });
    }
  });

  it('tells what changed, once, and only by the sighting the text came from', async () => {
    const original = { title: 'Controller', company: 'Litware BV', description: TEXT.slice(0, 300) };
    await ingestion.ingest(
      [aPosting({ ...original, source: 'lever', sourceId: 'c1', applyUrl: 'https://litware.example/c' })],
      { runId: null },
    );
    await ingestion.ingest(
      [aPosting({ ...original, source: 'remotive', sourceId: 'c2', applyUrl: 'https://litware.example/c' })],
      { runId: null },
    );
    const before = await counts();
    const copyChanged = await ingestion.ingest(
      [
        aPosting({
          ...original,
          source: 'remotive',
          sourceId: 'c2',
          applyUrl: 'https://litware.example/c',
          description: 'cut',
        }),
      ],
      { runId: null },
    );
    expect(copyChanged).toMatchObject({ changed: 1, created: 0 });
    expect((await counts()).changed).toBe(before.changed);
    await ingestion.ingest(
      [
        aPosting({
          ...original,
          source: 'lever',
          sourceId: 'c1',
          applyUrl: 'https://litware.example/c',
          description: `${original.description} Salary 60,000 - 70,000 EUR per year.`,
        }),
      ],
      { runId: null },
    );
    const after = await counts();
    expect(after.changed - before.changed).toBe(1);
    const [event = {}] = await opened.db.admin(
      `SELECT payload::jsonb AS payload FROM jobs.outbox WHERE subject LIKE 'evt.%posting.changed%' ORDER BY id DESC LIMIT 1`,
    );
    expect(event.payload.data.changed.sort()).toEqual(['description', 'salary']);
    const [posting = {}] = await opened.db.admin(
      `SELECT p.version, p.salary_min FROM jobs.posting p JOIN jobs.sighting s ON s.posting_id = p.id WHERE s.source_id = 'c1'`,
    );
    expect(posting).toMatchObject({ version: 2, salary_min: '60000.00' });
  });

  it('makes one posting of what two replicas import at the same time', async () => {
    const page = Array.from({ length: 120 }, (_, index) => ({
      title: `Concurrent Role ${index} Specialist`,
      company: `Adventure ${index} Works`,
      description: `${index} ${TEXT}`,
      applyUrl: `https://adventure.example/${index}`,
    }));
    const importers = [0, 1, 2, 3].map((replica) =>
      ingestionOver(opened).ingest(
        page.map((draft, index) => aPosting({ ...draft, source: `replica${replica % 2}`, sourceId: `p${index}` })),
        { runId: null },
      ),
    );
    const results = await Promise.all(importers);
    expect(results.reduce((sum, one) => sum + one.created, 0)).toBe(120);
    const [row = {}] = await opened.db.admin(
      `SELECT count(DISTINCT posting_id)::int AS postings, count(*)::int AS sightings FROM jobs.sighting WHERE source LIKE 'replica%'`,
    );
    expect(row).toEqual({ postings: 120, sightings: 240 });
  });

  it('waits for a replica that stores for longer than a statement may take, without holding a connection', async () => {
    const impatient = await opened.db.open(jobsSchema, { DATABASE_STATEMENT_TIMEOUT_MS: 300, DATABASE_POOL_SIZE: 1 });
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let locked = (): void => undefined;
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const peer = opened.unitOfWork.run(async (tx) => {
      expect(await new CatalogueRepository().tryLock(tx)).toBe(true);
      locked();
      await released;
    });
    // A peer that fails ends the test instead of hanging it.
    await Promise.race([isLocked, peer]);
    const waiting = ingestionOver(impatient).ingest([aPosting({ sourceId: 'patient' })], { runId: null });
    const early = await Promise.race([waiting, new Promise((resolve) => setTimeout(() => resolve('waits'), 1_200))]);
    expect(early).toBe('waits');
    // Its only connection is free for others meanwhile.
    expect(await impatient.database.query('probe', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    release();
    await peer;
    expect(await waiting).toMatchObject({ created: 1 });
  });

  it('counts an item once per run, though its page is delivered again', async () => {
    const run = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d99';
    const page = [aPosting({ sourceId: 'r1' }), aPosting({ sourceId: 'r2' })];
    expect(await ingestion.ingest(page, { runId: run })).toMatchObject({ fetched: 2, created: 2 });
    expect(await ingestion.ingest(page, { runId: run })).toMatchObject({ fetched: 0, created: 0, unchanged: 0 });
  });

  it('opens again what had closed when a source shows it again', async () => {
    const posting = aPosting({ sourceId: 'reopen' });
    await ingestion.ingest([posting], { runId: null });
    await opened.db.admin(
      `UPDATE jobs.posting SET closed_at = now(), close_reason = 'gone' WHERE id = (SELECT posting_id FROM jobs.sighting WHERE source_id = 'reopen')`,
    );
    await ingestion.ingest([posting], { runId: null });
    const [row = {}] = await opened.db.admin(
      `SELECT closed_at FROM jobs.posting WHERE id = (SELECT posting_id FROM jobs.sighting WHERE source_id = 'reopen')`,
    );
    expect(row.closed_at).toBeNull();
  });

  it('writes nothing when the batch cannot be stored as a whole', async () => {
    const before = await counts();
    const upsideDown = { min: 9, max: 5, currency: 'EUR', period: 'year' as const, isEstimated: false, evidence: null };
    const broken = aPosting({ sourceId: 'broken', salary: upsideDown });
    await expect(ingestion.ingest([aPosting({ sourceId: 'good' }), broken], { runId: null })).rejects.toThrow(
      /posting_salary_order/,
    );
    expect(await counts()).toEqual(before);
  });
});
