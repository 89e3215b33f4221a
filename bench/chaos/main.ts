import { parseArgs } from 'node:util';
import { checkHistory } from './check-history.js';
import { checkTables, type Violation } from './checkers.js';
import { Cluster } from './cluster.js';
import { runForgets } from './forget-run.js';
import { runKills } from './kill-run.js';
import { Load } from './load.js';
import { listedMutants, MUTANTS, plant } from './mutants.js';
import { quiesce } from './quiesce.js';
import { Random } from './random.js';
import { acknowledgedByKind, operationsOf, type Summary, table } from './report.js';
import { Wire } from './wire.js';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    quick: { type: 'boolean' },
    forget: { type: 'boolean' },
    torn: { type: 'boolean' },
    json: { type: 'boolean' },
    keep: { type: 'boolean' },
    verbose: { type: 'boolean' },
    dist: { type: 'string' },
    mutant: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (options.help === true) {
  process.stdout
    .write(`Kills the platform's processes while people use it, and counts afterwards what was lost or done twice.

  --seeds N   kill points (moments with --forget); 200 (20) unless told, 40 (3) with --quick
  --seed S    where the plan comes from; a new one every day unless told
  --quick     the slice that is part of the tests
  --forget    instead of kills: the bus loses its store, or goes back to an older copy of it
  --torn      with --forget: the older copy is one of a power cut, with consumers ahead of their streams
  --json      one JSON object at the end instead of the table
  --verbose   every fault as it happens
  --keep      leave the folder with logs and data behind
  --dist URL  another build to run
  --mutant M  a copy of the build with a planted mistake, which must not hold:
${listedMutants()}
`);
  process.exit(0);
}

const DAY_MS = 86_400_000;
const quick = options.quick === true;
const mode = options.forget === true ? 'forget' : 'kills';
const whole = (text: string | undefined, otherwise: number): number => {
  const number = Number(text ?? otherwise);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  process.stderr.write(`"${text ?? ''}" is no whole number\n`);
  process.exit(64);
};
const seed = whole(options.seed, Math.floor(Date.now() / DAY_MS));
const points = whole(options.seeds, mode === 'forget' ? (quick ? 3 : 20) : quick ? 40 : 200);
const flags = `${mode === 'forget' ? '--forget ' : ''}${options.torn === true ? '--torn ' : ''}${quick ? '--quick ' : ''}`;
const planted = options.mutant === undefined ? '' : `--mutant ${options.mutant} `;
const command = `node dist/bench/chaos/main.js ${flags}${planted}--seeds ${points} --seed ${seed}`;
const build =
  options.dist === undefined ? new URL('../../', import.meta.url) : new URL(options.dist, `file://${process.cwd()}/`);
if (options.mutant !== undefined && MUTANTS[options.mutant] === undefined) {
  process.stderr.write(`"${options.mutant}" is no mutant; there are ${Object.keys(MUTANTS).join(', ')}\n`);
  process.exit(64);
}
const mutant = options.mutant === undefined ? undefined : plant(options.mutant, build);

const REST_PATIENCE_MS = 60_000;
const startedAt = performance.now();
const seconds = (): number => (performance.now() - startedAt) / 1000;
const say = (line: string): void => void process.stderr.write(`${seconds().toFixed(1).padStart(6)} ${line}\n`);
const detail = options.verbose === true ? say : (): void => undefined;

say(`${mode}, seed ${seed}; again with: ${command}`);
const cluster = await Cluster.start({ dist: mutant?.dist ?? build });
let summary: Summary;
try {
  summary = await run(cluster);
} finally {
  // However we end, the processes end with us: their tether breaks. The folder is for the orderly end only.
  await cluster.stop({ keep: options.keep === true });
  mutant?.remove();
}
if (options.keep === true) say(`logs and data: ${cluster.folder}`);
process.stdout.write(options.json === true ? `${JSON.stringify(summary)}\n` : `\n${table(summary)}\n`);
process.exit(summary.ok ? 0 : 1);

async function run(cluster: Cluster): Promise<Summary> {
  await cluster.startAll();
  const wire = await Wire.open(cluster.nats);
  const random = new Random(seed);
  const load = await Load.prepare(cluster, {
    clients: 4,
    lanes: quick ? 3 : 6,
    postings: quick ? 500 : 3_000,
    thinkMs: 30,
    random: random.fork('load'),
  });
  say('everything is up, people and postings are there');
  await load.start();
  const plan = { random: random.fork(mode), say: detail };
  const faults =
    mode === 'forget'
      ? await runForgets(cluster, wire, { ...plan, moments: points, torn: options.torn === true })
      : await runKills(cluster, wire, {
          ...plan,
          kills: points,
          serverRestarts: quick ? 4 : 16,
          patienceMs: quick ? 400_000 : 2_400_000,
        });
  say('no more faults; waiting for rest');
  await load.finish(REST_PATIENCE_MS);
  const rest = await quiesce(cluster.database, wire, REST_PATIENCE_MS);
  await faults.release();
  const violations = [
    ...faults.violations,
    ...(await checkTables(cluster.database, wire.poison)),
    ...(await checkHistory(load.history, cluster.database)),
  ];
  await wire.close();
  return summarise(load, wire, rest, faults.figures, violations);
}

async function summarise(
  load: Load,
  wire: Wire,
  rest: Summary['rest'],
  figures: Awaited<ReturnType<typeof runForgets>>['figures'] | Awaited<ReturnType<typeof runKills>>['figures'],
  violations: Violation[],
): Promise<Summary> {
  const total = (kind: Violation['kind']): number =>
    violations.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.count, 0);
  const counts = await cluster.database.query<Summary['events']>(
    `SELECT (SELECT count(*)::int FROM chaos.message WHERE published_at IS NOT NULL) AS published,
            (SELECT count(*)::int FROM chaos.handled) AS handled, (SELECT count(*)::int FROM chaos.effect) AS effects`,
  );
  return {
    mode,
    seed,
    command,
    ok: rest.quiet && violations.length === 0,
    seconds: seconds(),
    operations: operationsOf(load.history),
    acknowledged: acknowledgedByKind(load.history),
    events: counts.rows[0] ?? { published: 0, handled: 0, effects: 0 },
    wire: wire.traffic,
    lost: total('lost'),
    doubled: total('doubled'),
    violations,
    rest,
    ...('perWindow' in figures ? { kills: figures } : { forgets: figures }),
  };
}
