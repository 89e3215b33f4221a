import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Options } from '../options.js';
import type { Bar, Section } from '../report/section.js';
import { Apps } from '../support/apps.js';
import { Child } from '../support/child.js';
import type { Rig } from '../support/rig.js';
import { spread, type Spread } from '../support/rounds.js';
import type { AttackPlan, AttackResult } from './attack-process.js';

const PASSWORD = 'seven amber windmills';
const PATH = '/api/v1/auth/me';
const PER_SECOND = 100;
/** How long an attack runs before others are asked how it feels. */
const BUILD_UP_MS = 500;

interface Round {
  calm: number;
  attacked: number;
  /** Beside a process that takes as much of the machine as the attacker did, and sends nothing. */
  crowded: number;
  /** How much that is, of one core. */
  busy: number;
}

/** (f): what somebody else notices of a stranger who sends all that is too much. */
export async function benchHostile(rig: Rig, options: Options, say: (line: string) => void): Promise<Section> {
  const [database, nats] = [await rig.database(), await rig.nats()];
  const apps = await Apps.start({
    apps: ['identity', 'gateway'],
    database,
    nats,
    folder: rig.folder,
    // As shipped: the storm of the stranger is refused, others go on.
    envOf: { gateway: { RATE_LIMIT_CREDENTIALS: '5' } },
  });
  const attacker = Child.start({
    name: 'attack',
    script: 'bench/hostile/attack-process.js',
    folder: rig.folder,
    tethered: false,
  });
  try {
    const token = await somebody(apps);
    const seconds = options.seconds * 2;
    const beside = async (plan: AttackPlan): Promise<{ p99: number } & AttackResult> => {
      attacker.tell(plan);
      await sleep(BUILD_UP_MS);
      const p99 = await p99Of(apps.url, token, seconds);
      return { p99, ...(JSON.parse(await attacker.said('result ')) as AttackResult) };
    };
    const attack: AttackPlan = { url: apps.url, seconds: seconds + 1 };
    // Counts for nothing: it warms the code of requests and of refusals.
    await p99Of(apps.url, token, seconds);
    let { answers } = await beside(attack);
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const calm = await p99Of(apps.url, token, seconds);
      const attacked = await beside(attack);
      const { busy } = attacked;
      const crowded = await beside({ busy, seconds: attack.seconds });
      answers = attacked.answers;
      rounds.push({ calm, attacked: attacked.p99, crowded: crowded.p99, busy });
      const [first, second, third] = [calm, attacked.p99, crowded.p99].map((ms) => ms.toFixed(1));
      say(
        `round ${round + 1} of ${options.rounds}: p99 ${first} ms, under attack ${second} ms, beside a process as busy ${third} ms`,
      );
    }
    return section(rounds, answers);
  } finally {
    await Promise.all([apps.stop(), attacker.stop()]);
    await nats.stop();
    await database.drop();
  }
}

async function somebody(apps: Apps): Promise<string> {
  const email = 'person@bench.example';
  await apps.post('/api/v1/auth/register', { email, password: PASSWORD, full_name: 'Bench Person' });
  const answer = await apps.post('/api/v1/auth/login', { email, password: PASSWORD });
  return (answer as { access_token: string }).access_token;
}

/** Asks at a steady pace, whether or not the answers keep up, and times each from when it was due. */
async function p99Of(url: string, token: string, seconds: number): Promise<number> {
  const pool = new Pool(url, { connections: 10, pipelining: 1 });
  const began = performance.now();
  const asked = Array.from({ length: seconds * PER_SECOND }, async (_, index) => {
    const due = began + (index * 1_000) / PER_SECOND;
    await sleep(due - performance.now());
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: PATH,
      headers: { authorization: `Bearer ${token}` },
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${PATH} answered ${statusCode}`);
    return performance.now() - due;
  });
  const times = (await Promise.all(asked)).sort((a, b) => a - b);
  await pool.close();
  return times[Math.ceil(times.length * 0.99) - 1] ?? NaN;
}

function section(rounds: readonly Round[], answers: AttackResult['answers']): Section {
  const of = (read: (round: Round) => number): Spread => spread(rounds.map(read));
  const ratios = of((round) => round.attacked / round.calm);
  const beside = of((round) => round.attacked / round.crowded);
  const row = (name: string, { median, least, most }: Spread): string[] => [
    name,
    median.toFixed(2),
    `${least.toFixed(2)}–${most.toFixed(2)}`,
  ];
  const bar = (what: string, { median, least, most }: Spread): Bar => ({
    what,
    value: median,
    bound: 2,
    better: 'less',
    spread: `${least.toFixed(2)}–${most.toFixed(2)}`,
  });
  const told = Object.entries(answers).map(([name, counts]) => {
    const each = Object.entries(counts).map(([status, count]) => `${count} × ${status === '0' ? 'cut' : status}`);
    return `${name}: ${each.join(', ')}`;
  });
  return {
    id: 'f',
    title: 'Others while a stranger sends what is too much',
    columns: ['p99 of GET /auth/me', 'ms', 'least–most'],
    rows: [
      row(
        'alone',
        of((round) => round.calm),
      ),
      row(
        'under attack',
        of((round) => round.attacked),
      ),
      row(
        'beside a process as busy as the attacker',
        of((round) => round.crowded),
      ),
      row('under attack / alone', ratios),
      row(
        'beside that process / alone',
        of((round) => round.crowded / round.calm),
      ),
      row('under attack / beside that process', beside),
    ],
    bars: [
      bar('(f) p99 of others under attack over their p99 alone', ratios),
      bar('(f) p99 of others under attack over their p99 beside a process as busy as the attacker', beside),
    ],
    notes: [
      `Others: ${PER_SECOND} requests a second at a steady pace, each timed from when it was due. The attack comes from a process on the same machine and takes its share of the cores, too (${of((round) => round.busy).median.toFixed(2)} of one). No server can give that back: the process as busy takes the same share and sends nothing to anybody.`,
      `The attack at once: 200 slow clients, and four at a time each of (answers of the last round) ${told.join('; ')}.`,
    ],
    data: { rounds, answers },
  };
}
