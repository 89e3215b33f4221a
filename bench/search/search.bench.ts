import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NatsHandle } from '../../libs/testing/src/nats/index.js';
import type { Options } from '../options.js';
import type { Section } from '../report/section.js';
import { named, ratioBar, STANDING_COLUMNS, standingRow } from '../report/standings.js';
import { Apps } from '../support/apps.js';
import { Child } from '../support/child.js';
import { discardingCollector } from '../support/collector.js';
import { cpuMsOf } from '../support/process-facts.js';
import type { BenchDatabase, Rig } from '../support/rig.js';
import { interleaved, type Measured, type Standing } from '../support/rounds.js';
import { OCCUPATIONS } from './occupations.js';
import { fillCatalogue } from './postings.js';
import { type Question, questionsOf } from './questions.js';
import { readVocabulary } from './vocabulary.js';

const QUESTIONS = 240;
const HTTP_CONNECTIONS = 16;
/** The service's default: about twice the cores. */
const POOL = 4;
const BASELINE = 'pg, prepared, straight to PostgreSQL';
const SERVICE = 'GET /jobs through gateway, bus and service';

/** (b): how much of what PostgreSQL can answer arrives at the client. */
export async function benchSearch(rig: Rig, options: Options, say: (line: string) => void): Promise<Section> {
  const database = await rig.database();
  const vocabulary = await readVocabulary();
  say(`making ${options.postings} postings`);
  const { medianLength } = await fillCatalogue(database.adminUrl, vocabulary, options.postings);
  const questions = await questionsOf(vocabulary, QUESTIONS);
  const file = join(rig.folder, 'questions.json');
  writeFileSync(file, JSON.stringify(questions));
  const direct = Child.start({
    name: 'direct',
    script: 'bench/search/direct-process.js',
    folder: rig.folder,
    env: { DATABASE_URL: database.urlOf('jobs-ingestion'), QUESTIONS: file, CONNECTIONS: String(POOL) },
    tethered: false,
  });
  const nats = await rig.nats();
  const collector = await discardingCollector();
  try {
    await direct.said('ready');
    const alone = await askAlone(direct);
    const bench = new SearchBench(rig, options, { database, nats, direct, questions });
    say('everything on, as shipped: logs, metrics, limits, and one in ten requests traced to a collector');
    const on = await bench.measure({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, say);
    say('logs and traces off');
    const off = await bench.measure({ LOG_LEVEL: 'silent' }, say);
    return section(options, { medianLength, amount: bench.amount, alone }, on, off);
  } finally {
    await direct.stop();
    await collector.stop();
    await nats.stop();
    await database.drop();
  }
}

/** One question at a time, after a turn to warm PostgreSQL. Milliseconds. */
interface Alone {
  p50: number;
  p95: number;
  /** Postings the middle question finds; counted up to 1,000. */
  found: number;
}

async function askAlone(direct: Child): Promise<Alone> {
  const turn = async (): Promise<Alone> => {
    direct.tell({ amount: QUESTIONS, atOnce: 1 });
    return JSON.parse(await direct.said('result ', 300_000)) as Alone;
  };
  await turn();
  const { p50, p95, found } = await turn();
  return { p50, p95, found };
}

interface Setup {
  database: BenchDatabase;
  nats: NatsHandle;
  direct: Child;
  questions: readonly Question[];
}

class SearchBench {
  /** Questions of one measurement: whole turns through the list, so that both sides do the same work. */
  amount = QUESTIONS;

  constructor(
    private readonly rig: Rig,
    private readonly options: Options,
    private readonly setup: Setup,
  ) {}

  async measure(env: Record<string, string>, say: (line: string) => void): Promise<Standing[]> {
    const { database, nats } = this.setup;
    const apps = await Apps.start({
      apps: ['identity', 'gateway', 'jobs-ingestion'],
      database,
      nats,
      folder: this.rig.folder,
      env,
      envOf: { 'jobs-ingestion': { DATABASE_SEARCH_POOL_SIZE: String(POOL) } },
    });
    try {
      const { perSecond } = await this.askDirectly();
      const turns = Math.max(1, Math.round((perSecond * this.options.seconds * 0.7) / QUESTIONS));
      this.amount = turns * QUESTIONS;
      const pids = apps.pidsOf('gateway', 'jobs-ingestion');
      return await interleaved(
        [
          { name: BASELINE, run: () => this.askDirectly() },
          { name: SERVICE, run: () => this.askTheDoor(apps.url, pids) },
        ],
        this.options.rounds,
        say,
      );
    } finally {
      await apps.stop();
    }
  }

  private async askDirectly(): Promise<Measured> {
    const { direct } = this.setup;
    const before = cpuMsOf([direct.pid]) ?? NaN;
    direct.tell({ amount: this.amount });
    const result = JSON.parse(await direct.said('result ', 300_000)) as Measured;
    return { ...result, cpuMs: ((cpuMsOf([direct.pid]) ?? NaN) - before) / this.amount };
  }

  private async askTheDoor(url: string, pids: readonly number[]): Promise<Measured> {
    const before = cpuMsOf(pids) ?? NaN;
    const { perSecond, p50, p99, answered } = await this.rig.load.run({
      url,
      requests: this.setup.questions.map(({ path }) => ({ path })),
      connections: HTTP_CONNECTIONS,
      amount: this.amount,
    });
    return { perSecond, p50, p99, cpuMs: ((cpuMsOf(pids) ?? NaN) - before) / answered };
  }
}

function section(
  options: Options,
  facts: { medianLength: number; amount: number; alone: Alone },
  on: Standing[],
  off: Standing[],
): Section {
  const titled = (standings: Standing[], mode: string): string[][] =>
    standings.map((standing) => [mode, ...standingRow(standing)]);
  return {
    id: 'b',
    title: `GET /jobs on ${options.postings.toLocaleString('en')} postings`,
    columns: ['mode', ...STANDING_COLUMNS],
    rows: [...titled(on, 'everything on'), ...titled(off, 'logs and traces off')],
    bars: [
      ratioBar('(b) search with everything on', named(on, SERVICE).ratios, 0.45),
      ratioBar('(b) search with logs and traces off', named(off, SERVICE).ratios, 0.55),
    ],
    notes: [
      `${QUESTIONS} different questions (kinds of work, skills, words, companies, places, filters, three orders), ${facts.amount} per measurement, in the same order on both sides; anonymous, limits counted and never reached.`,
      `PostgreSQL alone, one question at a time: median ${facts.alone.p50.toFixed(1)} ms, 95th percentile ${facts.alone.p95.toFixed(1)} ms; the middle question finds ${facts.alone.found} postings (counted up to 1,000).`,
      `PostgreSQL is asked over ${POOL} connections by both (the service's pool); the door over ${HTTP_CONNECTIONS} kept-alive connections. The statement is the service's own, prepared, with its session settings.`,
      `Postings are generated: 40,000 words used as unevenly as those of a language (Zipf), ${OCCUPATIONS.length} kinds of work with words and skills of their own, 8,000 companies, sentences of the sample feed in between; median text ${facts.medianLength} characters. Indexes built after the load, tables vacuumed and analysed.`,
      'No cache: the service has none for searches, the client sends no If-None-Match and accepts no compression. PostgreSQL is warm (shared_buffers 256 MB).',
    ],
    data: { ...facts, on, off },
  };
}
