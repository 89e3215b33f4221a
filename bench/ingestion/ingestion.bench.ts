import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ImportPostingsResponse, ScrapeRun, StartScrapeResponse } from '#contracts';
import type { Options } from '../options.js';
import type { Section } from '../report/section.js';
import { Apps } from '../support/apps.js';
import { cpuMsOf } from '../support/process-facts.js';
import type { Rig } from '../support/rig.js';
import { spread } from '../support/rounds.js';
import { type Material, readMaterial } from './corpus.js';

type Counts = ImportPostingsResponse['counts'];
interface Round {
  seconds: number;
  /** Until everything was stored; the rest is the relay. */
  storedSeconds: number;
  perSecond: number;
  counts: Counts;
  events: number;
  medianLength: number;
  cpuMs: number;
}

const RUN_POLL_MS = 100;
const DRAIN_POLL_MS = 20;

/** (c): from the first request to the last event on the bus, on an empty catalogue each time. */
export async function benchIngestion(rig: Rig, options: Options, say: (line: string) => void): Promise<Section> {
  const material = await readMaterial();
  const rounds: Round[] = [];
  try {
    for (let round = 0; round < (options.quick ? 1 : 3); round++) {
      const measured = await ingestAll(rig, material);
      rounds.push(measured);
      const { perSecond, counts, seconds } = measured;
      say(`round ${round + 1}: ${counts.fetched} postings in ${seconds.toFixed(1)} s, ${Math.round(perSecond)}/s`);
    }
  } finally {
    await material.stop();
  }
  return section(material, rounds);
}

async function ingestAll(rig: Rig, material: Material): Promise<Round> {
  const database = await rig.database();
  const nats = await rig.nats();
  const apps = await Apps.start({
    apps: ['identity', 'gateway', 'jobs-ingestion'],
    database,
    nats,
    folder: rig.folder,
    env: material.env,
  });
  const admin = new pg.Client({ connectionString: database.adminUrl, options: '-c search_path=jobs,public' });
  try {
    await admin.connect();
    const token = await apps.ownerToken();
    const pids = apps.pidsOf('gateway', 'jobs-ingestion');
    const cpuBefore = cpuMsOf(pids) ?? NaN;
    const started = performance.now();
    const fetched = fetchSources(apps, token, material.sources);
    const all = noCounts();
    for (const { body } of material.chunks) {
      const { counts } = (await apps.post('/api/v1/admin/jobs/import', body, token)) as ImportPostingsResponse;
      add(all, counts);
    }
    add(all, await fetched);
    const stored = performance.now();
    const events = await drained(admin);
    const ended = performance.now();
    const { rows } = await admin.query<{ length: number }>(
      'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY length(description_text))::int AS length FROM posting',
    );
    return {
      seconds: (ended - started) / 1000,
      storedSeconds: (stored - started) / 1000,
      perSecond: (all.fetched * 1000) / (ended - started),
      counts: all,
      events,
      medianLength: rows[0]?.length ?? 0,
      cpuMs: ((cpuMsOf(pids) ?? NaN) - cpuBefore) / all.fetched,
    };
  } finally {
    await admin.end();
    await apps.stop();
    await nats.stop();
    await database.drop();
  }
}

async function fetchSources(apps: Apps, token: string, sources: readonly string[]): Promise<Counts> {
  const { job_id: id } = (await apps.post('/api/v1/jobs/scrape', { sources }, token)) as StartScrapeResponse;
  for (;;) {
    const run = (await apps.get(`/api/v1/jobs/scrape/runs/${id}`, token)) as ScrapeRun;
    if (run.status === 'finished') {
      const failed = run.sources.filter(({ outcome }) => outcome !== 'ok');
      if (failed.length > 0) throw new Error(`sources failed: ${JSON.stringify(failed)}`);
      return run.totals;
    }
    await sleep(RUN_POLL_MS);
  }
}

/** Resolves when the relay has published everything; answers how much that was. */
async function drained(admin: pg.Client): Promise<number> {
  for (;;) {
    const { rows } = await admin.query<{ waiting: number; all: number }>(
      'SELECT count(*) FILTER (WHERE published_at IS NULL)::int AS waiting, count(*)::int AS all FROM outbox',
    );
    if (rows[0]?.waiting === 0) return rows[0].all;
    await sleep(DRAIN_POLL_MS);
  }
}

const noCounts = (): Counts => ({
  fetched: 0,
  created: 0,
  changed: 0,
  duplicate_url: 0,
  duplicate_fingerprint: 0,
  duplicate_near: 0,
  unchanged: 0,
  rejected: 0,
  with_visa_evidence: 0,
});

function add(sum: Counts, more: Counts): void {
  for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += more[name];
}

function section(material: Material, rounds: readonly Round[]): Section {
  const speed = spread(rounds.map(({ perSecond }) => perSecond));
  return {
    id: 'c',
    title: 'Ingestion through the whole pipeline',
    columns: [
      'round',
      'postings',
      'stored after s',
      'relayed after s',
      'per second',
      'CPU ms/posting',
      'new',
      'same URL',
      'same fingerprint',
      'near',
      'rejected',
      'with visa words',
      'events',
    ],
    rows: rounds.map((round, index) => [
      String(index + 1),
      String(round.counts.fetched),
      round.storedSeconds.toFixed(2),
      round.seconds.toFixed(2),
      Math.round(round.perSecond).toString(),
      round.cpuMs.toFixed(2),
      ...[
        round.counts.created,
        round.counts.duplicate_url,
        round.counts.duplicate_fingerprint,
        round.counts.duplicate_near,
        round.counts.rejected,
        round.counts.with_visa_evidence,
        round.events,
      ].map(String),
    ]),
    bars: [
      {
        what: '(c) postings per second, until the last event is on the bus',
        value: speed.median,
        bound: 350,
        better: 'more',
        unit: '/s',
        spread: `${Math.round(speed.least)}–${Math.round(speed.most)}`,
      },
    ],
    notes: [
      `Read: ${material.what}.`,
      `Median text ${rounds[0]?.medianLength ?? 0} characters. Imports go one request after the other, as the command line sends them; the run fetches beside them.`,
      'Every round on an empty database and an empty bus; a fresh gateway and service (cold code). PostgreSQL with fsync on.',
      'Everything is counted: HTTP, validation, reading texts (places, skills, visa, salary, language), three layers of duplicate detection, the outbox, and the relay to JetStream.',
    ],
    data: { what: material.what, rounds },
  };
}
