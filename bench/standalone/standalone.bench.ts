import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { APPS } from '#contracts';
import { freePort } from '../../libs/testing/src/free-port.js';
import type { Options } from '../options.js';
import type { Section } from '../report/section.js';
import { Apps } from '../support/apps.js';
import { Child } from '../support/child.js';
import { familyOf, residentMb } from '../support/process-facts.js';
import type { Rig } from '../support/rig.js';
import { spread } from '../support/rounds.js';

const GC = new URL('./gc-on-signal.js', import.meta.url).href;

interface Start {
  readyMs: number;
  restMb: number;
  collectedMb: number;
  postgresMb: number;
}

/** (d): how long the second start takes, and what lies in memory when nothing happens. */
export async function benchStandalone(rig: Rig, options: Options, say: (line: string) => void): Promise<Section> {
  const restMs = options.quick ? 1_000 : 5_000;
  const data = join(rig.folder, 'standalone');
  const first = await start(rig, data, restMs);
  say(`first start with its ingestion: ${(first.readyMs / 1000).toFixed(2)} s`);
  const warm: Start[] = [];
  for (let index = 0; index < (options.quick ? 1 : 5); index++) {
    const one = await start(rig, data, restMs);
    warm.push(one);
    say(
      `start ${index + 2}: ready after ${(one.readyMs / 1000).toFixed(2)} s, ${one.collectedMb.toFixed(0)} MB at rest`,
    );
  }
  const seven = await sevenProcesses(rig, restMs);
  return section(first, warm, seven);
}

async function start(rig: Rig, dataDir: string, restMs: number): Promise<Start> {
  const [api, health, postgres] = [await freePort(), await freePort(), await freePort()];
  const began = performance.now();
  const child = Child.start({
    name: 'standalone',
    script: 'apps/standalone/src/main.js',
    folder: rig.folder,
    nodeArgs: ['--expose-gc', '--import', GC],
    args: ['--json'],
    env: {
      DATA_DIR: dataDir,
      API_PORT: String(api),
      HEALTH_PORT: String(health),
      EMBEDDED_POSTGRES_PORT: String(postgres),
      FIRST_INGESTION: 'sample',
      INGESTION_CRON: 'off',
    },
  });
  try {
    const { url } = JSON.parse(`{${await child.said('{', 120_000)}`) as { url: string };
    await child.healthy(`${url}/health`);
    const readyMs = performance.now() - began;
    await sleep(restMs);
    const restMb = residentMb([child.pid]);
    child.signal('SIGUSR2');
    await sleep(1_000);
    const postgresPids = familyOf(child.pid).slice(1);
    return {
      readyMs,
      restMb,
      collectedMb: residentMb([child.pid]),
      postgresMb: postgresPids.length === 0 ? 0 : residentMb(postgresPids),
    };
  } finally {
    await child.stop();
  }
}

interface Seven {
  readyMs: number;
  restMb: number;
}

async function sevenProcesses(rig: Rig, restMs: number): Promise<Seven> {
  const database = await rig.database();
  const nats = await rig.nats();
  const began = performance.now();
  const apps = await Apps.start({ apps: APPS, database, nats, folder: rig.folder });
  try {
    const readyMs = performance.now() - began;
    await sleep(restMs);
    return { readyMs, restMb: residentMb(apps.pids) };
  } finally {
    await apps.stop();
    await nats.stop();
    await database.drop();
  }
}

function section(first: Start, warm: readonly Start[], seven: Seven): Section {
  const ready = spread(warm.map(({ readyMs }) => readyMs / 1000));
  const rest = spread(warm.map(({ collectedMb }) => collectedMb));
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  const row = (name: string, one: Start): string[] => [
    name,
    seconds(one.readyMs),
    one.restMb.toFixed(0),
    one.collectedMb.toFixed(0),
    one.postgresMb.toFixed(0),
  ];
  return {
    id: 'd',
    title: 'Standalone: start and memory',
    columns: ['start', 'ready after s', 'MB at rest', 'MB after collecting', 'PostgreSQL beside it, MB'],
    rows: [
      row('first, with migration and sample ingestion', first),
      ...warm.map((one, index) => row(`start ${index + 2}`, one)),
      ['seven processes together', seconds(seven.readyMs), seven.restMb.toFixed(0), '–', '–'],
    ],
    bars: [
      {
        what: '(d) standalone ready, later starts',
        value: ready.median,
        bound: 5,
        better: 'less',
        unit: ' s',
        spread: `${ready.least.toFixed(2)}–${ready.most.toFixed(2)}`,
      },
      {
        what: '(d) resident memory at rest without PostgreSQL',
        value: rest.median,
        bound: 250,
        better: 'less',
        unit: ' MB',
        spread: `${rest.least.toFixed(0)}–${rest.most.toFixed(0)}`,
      },
    ],
    notes: [
      'From the start of the process until it says so and GET /health answers 200, embedded PostgreSQL included.',
      "Memory is the resident set, in 10^6 bytes. PostgreSQL's is the sum over its processes, which counts shared buffers in every one of them.",
      'The seven processes are measured with NATS and PostgreSQL running; neither is in the figure.',
    ],
    data: { first, warm, seven },
  };
}
