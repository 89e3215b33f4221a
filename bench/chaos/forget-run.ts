import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SCHEMA_OF, type ServiceName, SERVICES } from '#contracts';
import type { Violation } from './checkers.js';
import type { Cluster } from './cluster.js';
import type { Faults } from './kill-run.js';
import type { Random } from './random.js';
import { type ForgetFigures, spread } from './report.js';
import type { Wire } from './wire.js';

export interface ForgetPlan {
  moments: number;
  random: Random;
  /**
   * The copy is made while the server writes, as a power cut leaves a disk: a consumer's position may be in it and the
   * messages it stands behind may not. The server then passes over as many new ones.
   */
  torn: boolean;
  say: (line: string) => void;
}

interface Notice {
  service: ServiceName;
  stream: string;
  at: number;
  republished: number;
}

interface Loss {
  service: ServiceName;
  stream: string;
}

const MUST_BE_NOTICED_WITHIN_MS = 10_000;
const MUST_BE_REFILLED_WITHIN_MS = 60_000;
const LOSS_LOGGED = 'the bus lost confirmed messages; they are published again';

/** At seeded moments under load the bus loses its store, or is put back to an older copy of it. Nobody helps. */
export async function runForgets(cluster: Cluster, wire: Wire, plan: ForgetPlan): Promise<Faults<ForgetFigures>> {
  const { nats } = cluster;
  const { random } = plan;
  const figures = { deleted: 0, rolledBack: 0, expected: 0, noticed: 0, republished: 0 };
  const noticedAfter: number[] = [];
  const refilledAfter: number[] = [];
  const unnoticed: string[] = [];
  const unfilled: string[] = [];
  await sleep(2_000);
  for (let moment = 1; moment <= plan.moments; moment += 1) {
    const isRollback = random.chance(0.5)
      ? figures.rolledBack <= figures.deleted
      : figures.rolledBack < figures.deleted;
    let ends = new Map<string, number>();
    let copy: string | undefined;
    if (isRollback) {
      copy = await copyOf(nats, plan.torn);
      // Afterwards: the copy ends here or before, so what is confirmed beyond is lost for certain.
      ends = await wire.streamEnds();
    }
    await sleep(random.integer(500, 4_000));
    const losses = await lossesBelow(cluster, ends);
    const lostAt = Date.now();
    if (copy === undefined) await nats.deleteStore();
    else await nats.restoreStore(copy);
    const backAt = Date.now();
    figures[isRollback ? 'rolledBack' : 'deleted'] += 1;
    figures.expected += losses.length;

    const found = await waitForNotices(cluster, lostAt, losses, backAt + MUST_BE_NOTICED_WITHIN_MS);
    for (const loss of losses) {
      const notice = found.find((one) => one.service === loss.service && one.stream === loss.stream);
      if (notice === undefined) unnoticed.push(`moment ${moment}: ${loss.service} ${loss.stream}`);
      else noticedAfter.push(Math.max(0, notice.at - backAt) / 1000);
    }
    figures.noticed += losses.length - unnoticed.filter((line) => line.startsWith(`moment ${moment}:`)).length;
    if (await isRefilled(cluster, backAt + MUST_BE_REFILLED_WITHIN_MS))
      refilledAfter.push((Date.now() - backAt) / 1000);
    else unfilled.push(`moment ${moment}`);
    plan.say(`${moment} ${isRollback ? 'rolled back' : 'deleted'}: ${losses.length} losses, ${found.length} noticed`);
  }
  figures.republished = notices(cluster).reduce((sum, notice) => sum + notice.republished, 0);
  return {
    figures: { ...figures, noticedSeconds: spread(noticedAfter), refilledSeconds: spread(refilledAfter) },
    violations: [
      ...violation('every loss is noticed within 10 s', unnoticed),
      ...violation('every loss is refilled within 60 s', unfilled),
    ],
    release: () => Promise.resolve(),
  };
}

const violation = (rule: string, examples: string[]): Violation[] =>
  examples.length === 0 ? [] : [{ rule, kind: 'lost', count: examples.length, examples: examples.slice(0, 5) }];

async function copyOf(nats: Cluster['nats'], torn: boolean): Promise<string> {
  if (torn) return nats.copyStore();
  nats.pause();
  try {
    return await nats.copyStore();
  } finally {
    nats.resume();
  }
}

/** Services that were told that the bus has what it will not have: their ledgers reach beyond these ends. */
async function lossesBelow(cluster: Cluster, ends: ReadonlyMap<string, number>): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const service of SERVICES) {
    const { rows } = await cluster.database.query<{ stream: string; highest: string }>(
      `SELECT stream, max_acked_sequence AS highest FROM ${SCHEMA_OF[service]}.relay_ledger`,
    );
    for (const { stream, highest } of rows) {
      if (Number(highest) > (ends.get(stream) ?? 0)) losses.push({ service, stream });
    }
  }
  return losses;
}

async function waitForNotices(
  cluster: Cluster,
  since: number,
  losses: readonly Loss[],
  until: number,
): Promise<Notice[]> {
  for (;;) {
    const fresh = notices(cluster).filter((notice) => notice.at >= since);
    const all = losses.every((loss) => fresh.some((one) => one.service === loss.service && one.stream === loss.stream));
    if (all || Date.now() > until) return fresh;
    await sleep(100);
  }
}

/** What the services logged, in the order they said it. */
function notices(cluster: Cluster): Notice[] {
  return SERVICES.flatMap((service) =>
    readFileSync(join(cluster.folder, `${service}.log`), 'utf8')
      .split('\n')
      .filter((line) => line.includes(LOSS_LOGGED))
      .map((line): Notice => {
        const logged: unknown = JSON.parse(line);
        const member = (name: string): unknown =>
          typeof logged === 'object' && logged !== null ? Reflect.get(logged, name) : undefined;
        return {
          service,
          stream: String(member('stream')),
          at: Date.parse(String(member('time'))),
          republished: Number(member('published_again')),
        };
      }),
  ).sort((a, b) => a.at - b.at);
}

async function isRefilled(cluster: Cluster, until: number): Promise<boolean> {
  const waiting = SERVICES.map(
    (service) =>
      `(SELECT count(*) FROM ${SCHEMA_OF[service]}.outbox WHERE published_at IS NULL AND last_error = 'lost by the bus')`,
  ).join(' + ');
  while (Date.now() < until) {
    const { rows } = await cluster.database.query<{ count: number }>(`SELECT (${waiting})::int AS count`);
    if (rows[0]?.count === 0) return true;
    await sleep(100);
  }
  return false;
}
