import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getScrapeRun, startScrape } from '#contracts';
import { eventually } from '#testing';
import { admin, type JobsApp, type JobsWorld, startWorld } from './jobs-app.js';

// Runs wait for servers that other suites share.

const JOBS = ['Harbour Pilot', 'Lock Keeper', 'Bridge Inspector'];
const job = (title: string, changes: Record<string, unknown> = {}) => ({
  id: 5_000_000 + JOBS.indexOf(title),
  title,
  company_name: 'Northwind',
  location: { name: 'Hamburg' },
  content: `You are the ${title} of a port that never sleeps.`,
  absolute_url: `https://boards.example/northwind/${encodeURIComponent(title)}`,
  ...changes,
});

describe('openings that vanish from a board', () => {
  let world: JobsWorld;
  let app: JobsApp;
  let server: Server;
  let status = 200;
  let listed: object[] = [];
  const boss = admin();

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ jobs: listed }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    world = await startWorld();
    app = await world.start({
      GREENHOUSE_ENABLED: 'true',
      GREENHOUSE_BOARDS: 'northwind',
      GREENHOUSE_BASE_URL: `http://127.0.0.1:${port}`,
    });
  }, 90_000);
  afterAll(async () => {
    await world.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** One run over the board as it is now; answers the titles that are open afterwards. */
  async function openAfter(jobs: object[], answered = 200): Promise<string[]> {
    listed = jobs;
    status = answered;
    await world.db.admin(`UPDATE jobs.source_state SET last_success_at = NULL, blocked_until = NULL`);
    const { job_id: runId } = await app.ask(startScrape, { sources: ['greenhouse'] }, boss);
    await eventually(
      async () => expect((await app.ask(getScrapeRun, { run_id: runId }, boss)).status).toBe('finished'),
      { timeoutMs: 40_000, everyMs: 50 },
    );
    const rows = await world.db.admin<{ title: string }>(
      `SELECT title FROM jobs.posting WHERE closed_at IS NULL ORDER BY title`,
    );
    return rows.map(({ title }) => title);
  }
  const all = () => JOBS.map((title) => job(title));
  const sorted = [...JOBS].sort();

  it('close, once, and are told about', async () => {
    expect(await openAfter(all())).toEqual(sorted);
    expect(await openAfter([job('Harbour Pilot'), job('Lock Keeper')])).toEqual(['Harbour Pilot', 'Lock Keeper']);
    expect(await openAfter([job('Harbour Pilot'), job('Lock Keeper', { title: 'Lock Keeper' })])).toHaveLength(2);
    const told = await world.db.admin<{ reason: string }>(
      `SELECT payload::jsonb -> 'data' ->> 'reason' AS reason FROM jobs.outbox WHERE subject LIKE '%.posting.closed.%'`,
    );
    expect(told).toEqual([{ reason: 'gone' }]);
  });

  it('open again when the board lists them again', async () => {
    expect(await openAfter(all())).toEqual(sorted);
  });

  it('stay when the board refuses, fails, or lists something that cannot be read', async () => {
    expect(await openAfter([], 403)).toEqual(sorted);
    expect(await openAfter([], 500)).toEqual(sorted);
    expect(await openAfter([job('Harbour Pilot'), { id: 5_000_001 }])).toEqual(sorted);
  });

  it('stay while another source shows them, and close when that was long ago', async () => {
    await world.db.admin(
      `INSERT INTO jobs.sighting (source, source_id, posting_id, content_hash, first_seen_at, last_seen_at, layer)
       SELECT 'arbeitnow', 'elsewhere', posting_id, 'x', now(), now(), 'near' FROM jobs.sighting
       WHERE source_id = '5000002'`,
    );
    const rest = [job('Harbour Pilot'), job('Lock Keeper')];
    expect(await openAfter(rest)).toEqual(sorted);
    await world.db.admin(
      `UPDATE jobs.sighting SET last_seen_at = now() - interval '15 days' WHERE source_id = 'elsewhere'`,
    );
    expect(await openAfter(rest)).toEqual(['Harbour Pilot', 'Lock Keeper']);
  });

  it('close only at the second look when the whole board is empty', async () => {
    expect(await openAfter([])).toEqual(['Harbour Pilot', 'Lock Keeper']);
    expect(await openAfter([])).toEqual([]);
  });
});
