import { identityOwnSettings } from '../../apps/identity/src/index.js';
import type { Options } from '../options.js';
import type { Section } from '../report/section.js';
import { named, ratioBar, STANDING_COLUMNS, standingRow } from '../report/standings.js';
import { Apps } from '../support/apps.js';
import { Child } from '../support/child.js';
import { cpuMsOf } from '../support/process-facts.js';
import type { Rig } from '../support/rig.js';
import { interleaved, type Measured, type Standing } from '../support/rounds.js';
import { type CheckTimes, tokenCheck } from './token-check.js';

const AT_ONCE = 10;
const PASSWORD = 'seven amber windmills';
const BASELINE = 'argon2id alone';
const LOGIN = 'POST /auth/login';

/** (e): what signing in costs beside the hash, and what a token costs at the door. */
export async function benchSignIn(rig: Rig, options: Options, say: (line: string) => void): Promise<Section> {
  const database = await rig.database();
  const nats = await rig.nats();
  const apps = await Apps.start({
    apps: ['identity', 'gateway'],
    database,
    nats,
    folder: rig.folder,
  });
  const { PASSWORD_HASH_MEMORY_KIB: memory, PASSWORD_HASH_ITERATIONS: iterations } = identityOwnSettings;
  const bare = Child.start({
    name: 'bare-hash',
    script: 'bench/sign-in/bare-hash.js',
    folder: rig.folder,
    env: { MEMORY_KIB: String(memory.defaultValue), ITERATIONS: String(iterations.defaultValue) },
    // Standard input carries the plans.
    tethered: false,
  });
  try {
    const people = Array.from({ length: AT_ONCE }, (_, index) => `person-${index}@bench.example`);
    for (const email of people) {
      await apps.post('/api/v1/auth/register', { email, password: PASSWORD, full_name: 'Bench Person' });
    }
    await bare.said('ready');
    const standings = await logIns(rig, options, { apps, bare, people }, say);
    say('what a token costs at the door');
    const [email = ''] = people;
    const checks = await tokenCheck({
      apps,
      path: await ownPage(apps, email),
      email,
      password: PASSWORD,
      rounds: options.rounds,
      requests: options.quick ? 50 : 400,
    });
    return section(standings, checks);
  } finally {
    await Promise.all([apps.stop(), bare.stop()]);
    await nats.stop();
    await database.drop();
  }
}

/** The path of a page that everybody may see. */
async function ownPage(apps: Apps, email: string): Promise<string> {
  const { access_token: token } = (await apps.post('/api/v1/auth/login', { email, password: PASSWORD })) as {
    access_token: string;
  };
  await apps.put('/api/v1/users/me/public-profile', { slug: 'bench-person' }, token);
  return '/api/v1/social/profiles/bench-person';
}

interface LogIns {
  apps: Apps;
  bare: Child;
  people: readonly string[];
}

function logIns(
  rig: Rig,
  options: Options,
  { apps, bare, people }: LogIns,
  say: (line: string) => void,
): Promise<Standing[]> {
  // A hash takes so long that a round of the usual length would count too few.
  const seconds = options.seconds * 2;
  const pids = apps.pidsOf('gateway', 'identity');
  const hashes = async (): Promise<Measured> => {
    bare.tell({ atOnce: AT_ONCE, seconds });
    return { perSecond: Number(await bare.said('result ')) };
  };
  const signIns = async (): Promise<Measured> => {
    const before = cpuMsOf(pids) ?? NaN;
    const { perSecond, answered, p50, p99 } = await rig.load.run({
      url: apps.url,
      requests: people.map((email) => ({ path: '/api/v1/auth/login', body: { email, password: PASSWORD } })),
      connections: AT_ONCE,
      seconds,
    });
    return { perSecond, p50, p99, cpuMs: ((cpuMsOf(pids) ?? NaN) - before) / answered };
  };
  return interleaved(
    [
      { name: BASELINE, run: hashes },
      { name: LOGIN, run: signIns },
    ],
    options.rounds,
    say,
  );
}

function section(standings: Standing[], checks: CheckTimes[]): Section {
  const checkRow = ({ kind, p50 }: CheckTimes): string[] => [
    `GET /social/profiles/{slug} ${kind}`,
    '–',
    p50.median.toFixed(2),
    '–',
    '–',
    '–',
  ];
  return {
    id: 'e',
    title: 'Signing in, and the token at the door',
    columns: STANDING_COLUMNS,
    rows: [...standings.map(standingRow), ...checks.map(checkRow)],
    bars: [
      ratioBar(`(e) ${LOGIN} over the hash alone, ${AT_ONCE} at once`, named(standings, LOGIN).ratios, 0.8),
      ...checks
        .filter(({ kind }) => kind === 'with a token seen before')
        .map(({ kind, added }) => ({
          what: `(e) a request ${kind} over an anonymous one, at the median`,
          value: added.median,
          bound: 0.3,
          better: 'less' as const,
          unit: ' ms',
          spread: `${added.least.toFixed(2)}–${added.most.toFixed(2)}`,
        })),
    ],
    notes: [
      `Signing in: ${AT_ONCE} people over ${AT_ONCE} connections, everything on (limits, throttle, session, audit, events); the baseline verifies the same kind of hash, ${AT_ONCE} at once, and does nothing else.`,
      'The token: one connection, one request after the other, the three kinds in turn. A signed-in request also carries its caller over the bus, and the service asks who he is to the person shown, so the figure is an upper bound of the check.',
      'Seen before, as all but the first request of a token are: the signature was checked and is remembered. For the first time: every request has another token, whose signature is checked; no bar, a token comes for the first time once in its life and gateway.',
    ],
    data: { standings, checks },
  };
}
