import type { NatsHandle } from '../../libs/testing/src/nats/index.js';
import { named, ratioBar, ratiosOf, STANDING_COLUMNS, standingRow } from '../report/standings.js';
import type { Section } from '../report/section.js';
import { Apps } from '../support/apps.js';
import { Child } from '../support/child.js';
import { discardingCollector } from '../support/collector.js';
import { cpuMsOf } from '../support/process-facts.js';
import type { BenchDatabase, Rig } from '../support/rig.js';
import { type Contestant, interleaved, type Standing } from '../support/rounds.js';
import type { Options } from '../options.js';

const CONNECTIONS = 32;
const BASELINE = 'bare Fastify → nc.request → responder';
const TRANSPORT = 'bare Fastify → our client → our strategy';
const ROUTE = 'GET /ai/providers, signed in (no SQL)';
const BASELINE_SQL = 'bare, responder counts with pg';
const ROUTE_SQL = 'GET /notifications/unread-count (one count)';
const QUIET = { LOG_LEVEL: 'silent' };

/** (a): what a small answer costs over our transport, and through the whole door. */
export async function benchRpc(rig: Rig, options: Options, say: (line: string) => void): Promise<Section> {
  const database = await rig.database();
  const nats = await rig.nats();
  const collector = await discardingCollector();
  try {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    say('everything on, as shipped: logs, metrics, limits, and requests traced to a collector');
    const on = await measure(rig, options, { database, nats, env, transport: true }, say);
    say('the same with every request traced');
    const every = { ...env, TRACE_SAMPLE_RATIO: '1' };
    const traced = await measure(rig, options, { database, nats, env: every, transport: false }, say);
    say('logs and traces off');
    const quiet = await measure(rig, options, { database, nats, env: QUIET, transport: false }, say);
    return section({ on, traced, quiet });
  } finally {
    await collector.stop();
    await nats.stop();
    await database.drop();
  }
}

interface Setup {
  database: BenchDatabase;
  nats: NatsHandle;
  env: Readonly<Record<string, string>>;
  /** Also our transport without gateway and service. */
  transport: boolean;
}

async function measure(rig: Rig, options: Options, setup: Setup, say: (line: string) => void): Promise<Standing[]> {
  const { database, nats, env } = setup;
  const apps = await Apps.start({
    apps: ['identity', 'gateway', 'ai-content', 'notifications'],
    database,
    nats,
    folder: rig.folder,
    env,
  });
  const others: Child[] = [];
  const start = (name: string, more: Record<string, string> = {}): Child => {
    const child = Child.start({
      name,
      script: `bench/rpc/${name}.js`,
      folder: rig.folder,
      env: { ...nats.settingsFor('admin'), LOG_LEVEL: 'warn', ...more },
    });
    others.push(child);
    return child;
  };
  try {
    const token = await apps.ownerToken();
    const { id } = (await apps.get('/api/v1/auth/me', token)) as { id: string };
    const answer = JSON.stringify(await apps.get('/api/v1/ai/providers', token));
    const responder = start('bare-responder', { ANSWER: answer, DATABASE_URL: database.urlOf('notifications') });
    const door = start('bare-door', { USER_ID: id });
    await responder.said('ready');
    const doorUrl = (await door.said('ready ')).trim();
    const headers = { authorization: `Bearer ${token}`, 'user-agent': 'autocannon' };
    const contestant = (name: string, url: string, path: string, pids: number[]): Contestant => ({
      name,
      run: async () => {
        const before = cpuMsOf(pids);
        const { perSecond, answered, p50, p99 } = await rig.load.run({
          url,
          requests: [{ path }],
          headers,
          connections: CONNECTIONS,
          seconds: options.seconds,
        });
        const after = cpuMsOf(pids);
        const cpuMs = before === undefined || after === undefined ? undefined : (after - before) / answered;
        return { perSecond, p50, p99, cpuMs };
      },
    });
    const bare = [door.pid, responder.pid];
    const contestants = [contestant(BASELINE, doorUrl, '/plain', bare)];
    if (setup.transport) {
      const service = start('transport-service', { ANSWER: answer });
      const client = start('transport-door');
      await service.said('ready');
      const url = (await client.said('ready ')).trim();
      contestants.push(contestant(TRANSPORT, url, '/plain', [client.pid, service.pid]));
    }
    contestants.push(
      contestant(ROUTE, apps.url, '/api/v1/ai/providers', apps.pidsOf('gateway', 'ai-content')),
      contestant(BASELINE_SQL, doorUrl, '/counted', bare),
      contestant(ROUTE_SQL, apps.url, '/api/v1/notifications/unread-count', apps.pidsOf('gateway', 'notifications')),
    );
    return await interleaved(contestants, options.rounds, say);
  } finally {
    await Promise.all([apps.stop(), ...others.map((child) => child.stop())]);
  }
}

interface Measured {
  on: Standing[];
  traced: Standing[];
  quiet: Standing[];
}

function section({ on, traced, quiet }: Measured): Section {
  const sql = (standings: Standing[]): number[] =>
    ratiosOf(named(standings, ROUTE_SQL), named(standings, BASELINE_SQL));
  const titled = (standings: Standing[], mode: string): string[][] =>
    standings.map((standing) => [mode, ...standingRow(standing)]);
  return {
    id: 'a',
    title: 'Small answer over the bus',
    columns: ['mode', ...STANDING_COLUMNS],
    rows: [...titled(on, 'everything on'), ...titled(traced, 'every request traced'), ...titled(quiet, 'quiet')],
    bars: [
      ratioBar('(a1) transport alone over the bare chain', named(on, TRANSPORT).ratios, 0.9),
      ratioBar(`(a2) ${ROUTE}, everything on`, named(on, ROUTE).ratios, 0.7),
      ratioBar(`(a2) ${ROUTE_SQL} over the bare chain with the same SQL, everything on`, sql(on), 0.7),
      ratioBar(`(a2) ${ROUTE}, with every request traced`, named(traced, ROUTE).ratios, 0.7),
    ],
    notes: [
      `${CONNECTIONS} kept-alive connections. Door, responder, broker, database and load generator share the machine's cores.`,
      'Every answer has the same bytes as GET /ai/providers (unread-count and its baseline: one number).',
      'everything on: the settings a deployment ships with (logs, metrics, limits, access checks) and a collector that throws away what it gets, ten requests of every second and one in a hundred of the rest (TRACES_PER_SECOND, TRACE_SAMPLE_RATIO); then the same with every request; quiet: LOG_LEVEL=silent and no collector.',
      'GET /notifications/unread-count runs one statement: count(*) of the unread notifications of one person.',
      'No answer is cached anywhere; the signature of an access token is checked once and then remembered.',
    ],
    data: { on, traced, quiet },
  };
}
