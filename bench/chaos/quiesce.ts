import { setTimeout as sleep } from 'node:timers/promises';
import { SCHEMA_OF, SERVICES } from '#contracts';
import type pg from 'pg';
import type { Wire } from './wire.js';

export interface Rest {
  quiet: boolean;
  seconds: number;
  /** What was still open when the patience ended. */
  unpublished: number;
  unsettled: number;
}

const UNPUBLISHED = SERVICES.map(
  (service) => `(SELECT count(*) FROM ${SCHEMA_OF[service]}.outbox WHERE published_at IS NULL)`,
).join(' + ');

export async function unpublished(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ count: number }>(`SELECT (${UNPUBLISHED})::int AS count`);
  return rows[0]?.count ?? 0;
}

/** Until all outboxes are empty and all consumers have settled what they got, twice in a row. */
export async function quiesce(database: pg.Pool, wire: Wire, patienceMs: number): Promise<Rest> {
  const startedAt = performance.now();
  let calm = 0;
  for (;;) {
    const open = { unpublished: await unpublished(database), unsettled: await wire.unsettled() };
    const seconds = (performance.now() - startedAt) / 1000;
    calm = open.unpublished + open.unsettled === 0 ? calm + 1 : 0;
    if (calm === 2 || seconds * 1000 > patienceMs) return { quiet: calm === 2, seconds, ...open };
    await sleep(250);
  }
}
