import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICES } from '#contracts';
import { newId } from '#kernel';
import { ProcessMessaging, withMessaging } from '#messaging';
import {
  type KeptTable,
  oldRows,
  type Retention,
  schemaNameOf,
  type SchemaOwner,
  sweep,
  type Sweep,
  SWEPT_AT_ONCE,
  type UnitOfWork,
} from '#persistence';
import { createTestDatabase, fakeClock, NO_SOURCES, type TestDatabase } from '#testing';
import pg from 'pg';
import { allSchemas } from '../src/compose.js';
import { allRetentionInWords, retentionOf } from '../src/retention.js';
import { startComposed } from './e2e/support/composed.js';

type Row = Record<string, unknown>;

/**
 * What a row needs beside values of the right types to pass the checks of its table and the condition of the sweep:
 * by table, or by table and the word its period counts from.
 */
const SHAPES: Readonly<Record<string, Row>> = {
  session: { revoked_at: null },
  'session.revoked_at': {},
  signing_key: { algorithm: 'ES256' },
  mail_token: { purpose: 'verify_email' },
  totp_factor: { enabled_at: null, last_used_step: null },
  erasure: { status: 'undone', completed_at: null },
  data_export: { status: 'expired' },
  dead_letters: { replayed_at: null },
  'dead_letters.replayed_at': {},
  delivery: { state: 'sent', content: null },
  webhook_delivery: { state: 'failed' },
  generation: { status: 'failed' },
  activity: { kind: 'view' },
  scrape_run: { trigger: 'manual' },
  posting: {
    remote_mode: null,
    salary_period: null,
    visa_verdict: 'unknown',
    country: null,
    salary_min: null,
    salary_max: null,
  },
};

/** Rows that a condition spares, however old they are. */
const SPARED: readonly { owner: SchemaOwner; table: string; row: Row }[] = [
  { owner: 'identity', table: 'outbox', row: { published_at: null } },
  { owner: 'identity', table: 'totp_factor', row: { enabled_at: 'old', last_used_step: 1 } },
  { owner: 'identity', table: 'erasure', row: { status: 'running', completed_at: null } },
  { owner: 'identity', table: 'data_export', row: { status: 'ready' } },
  { owner: 'identity', table: 'signing_key', row: { algorithm: 'ES256', retires_at: null } },
  { owner: 'notifications', table: 'delivery', row: { state: 'pending', finished_at: null, content: 'x' } },
  { owner: 'ai-content', table: 'generation', row: { status: 'succeeded' } },
  { owner: 'analytics', table: 'activity', row: { kind: 'letter' } },
  { owner: 'jobs-ingestion', table: 'scrape_run', row: { trigger: 'manual', finished_at: null } },
];

const DAY = 86_400_000;
/** Older than every period. */
const AGES_MS = 10 * 365 * DAY;

const sweeps = allSchemas.flatMap(({ service }) =>
  Object.entries(retentionOf(service)).flatMap(([table, { sweeps: rules = [] }]) =>
    rules.map((rule) => ({ owner: service, table, rule, name: `${service}: ${table} by ${rule.since}` })),
  ),
);

/** What is wrong with the declaration of one schema, as sentences that say what to do. */
function problems(owner: SchemaOwner, retention: Retention, tables: readonly string[], parents: Set<string>): string[] {
  const schema = allSchemas.find(({ service }) => service === owner);
  const { tables: ofPeople } = withMessaging(schema?.userData ?? { tables: [], otherTables: {} });
  const found = tables
    .filter((table) => !Object.hasOwn(retention, table))
    .map((table) => `${table} is not in the retention.ts of ${owner}: say how long its rows are kept`);
  for (const [table, { until, sweeps: rules = [] }] of Object.entries(retention)) {
    if (!tables.includes(table)) found.push(`${table} does not exist any more; take it out of retention.ts`);
    if (until === 'sweep' && rules.length === 0) found.push(`${table} has a period and nothing that removes its rows`);
    const isErased = ofPeople.some((one) => one.table === table && one.erase.how !== 'kept');
    if (until === 'erasure' && !isErased) found.push(`${table} is to go with the account, and no erasure takes it`);
    if (typeof until === 'object' && 'parent' in until && !parents.has(`${table} ${until.parent}`))
      found.push(`${table} is to go with ${until.parent}, and no foreign key deletes it`);
  }
  return found;
}

describe('how long every table is kept', () => {
  let db: TestDatabase;
  /** Without foreign keys and triggers: a row stands for itself here. */
  let bare: pg.Client;
  beforeAll(async () => {
    db = await createTestDatabase(allSchemas);
    bare = new pg.Client({ connectionString: db.adminUrl, options: '-c session_replication_role=replica' });
    await bare.connect();
  }, 120_000);
  afterAll(async () => {
    await bare.end();
    await db.drop();
  });

  const tablesOf = async (owner: SchemaOwner): Promise<string[]> => {
    const rows = await db.admin<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1 AND table_type = 'BASE TABLE'`,
      [schemaNameOf(owner)],
    );
    return rows.map(({ name }) => name);
  };
  /** `child parent` of every foreign key that deletes. */
  const parentsOf = async (owner: SchemaOwner): Promise<Set<string>> => {
    const rows = await db.admin<{ pair: string }>(
      `SELECT c.relname || ' ' || p.relname AS pair FROM pg_constraint k
       JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
       WHERE k.contype = 'f' AND k.confdeltype = 'c' AND k.connamespace = $1::regnamespace`,
      [schemaNameOf(owner)],
    );
    return new Set(rows.map(({ pair }) => pair));
  };

  it.each(allSchemas.map(({ service }) => service))(
    '%s says it of each of its tables, and how they end',
    async (owner) => {
      const tables = await tablesOf(owner);
      expect(tables.length).toBeGreaterThan(5);
      expect(problems(owner, retentionOf(owner), tables, await parentsOf(owner))).toEqual([]);
    },
  );

  it('misses a table that is new, and a period without a job', async () => {
    const owner = 'notifications';
    const [tables, parents] = [await tablesOf(owner), await parentsOf(owner)];
    const kept = (until: KeptTable['until']): KeptTable => ({ purpose: 'a test', until });
    const wrong = {
      ...retentionOf(owner),
      gone: kept('erasure'),
      notification: kept('sweep'),
      webhook_delivery: kept({ parent: 'delivery' }),
      relay_ledger: kept('erasure'),
    };
    const found = problems(owner, wrong, [...tables, 'device'], parents);
    expect(found.map((text) => text.split(' ').slice(0, 4).join(' ')).sort()).toEqual([
      'device is not in',
      'gone does not exist',
      'gone is to go',
      'notification has a period',
      'relay_ledger is to go',
      'webhook_delivery is to go',
    ]);
  });

  it('is what docs/retention.md says (npm run sync-docs writes it anew)', () => {
    expect(readFileSync('docs/retention.md', 'utf8')).toBe(allRetentionInWords());
  });

  it.each(sweeps)('$name: an index finds what is old', async ({ owner, table, rule }) => {
    const unitOfWork = await unitOfWorkOf(owner);
    const plan = await unitOfWork.run(async (tx) => {
      // Empty tables: the question is whether there is another way than reading all of it.
      await tx.query('plan.off', 'SET LOCAL enable_seqscan = off');
      return tx.query('plan', `EXPLAIN ${oldRows(table, rule)}`, [new Date()]);
    });
    const lines = plan.flatMap((line) => Object.values(line)).map(String);
    const ownScan = lines.find(
      (line) => line.includes(`Scan on ${table}`) || new RegExp(`Scan using \\w+ on ${table}`).test(line),
    );
    expect(ownScan).toMatch(/Index|Bitmap/);
  });

  it.each(sweeps)('$name: goes when its time is over, and not a moment before', async ({ owner, table, rule }) => {
    const clock = fakeClock(new Date(Date.now() - AGES_MS));
    const unitOfWork = await unitOfWorkOf(owner);
    const put = (at: Date) => insert(owner, table, shapeOf(table, rule, at));
    await clear(owner, table);
    const old = await put(clock.now());
    const young = await put(new Date(clock.now().getTime() + 1000));
    clock.advance(rule.keptMs);
    await sweep(unitOfWork, table, rule, clock.now());
    expect(await left(owner, table)).toEqual([old, young].sort());
    clock.advance(1);
    expect(await sweep(unitOfWork, table, rule, clock.now())).toBe(1);
    expect(await left(owner, table)).toEqual([young]);
    expect(await sweep(unitOfWork, table, rule, clock.now())).toBe(0);
  });

  it.each(SPARED)('$owner: $table stays while it is of use ($row)', async ({ owner, table, row }) => {
    const unitOfWork = await unitOfWorkOf(owner);
    await clear(owner, table);
    const old = new Date(Date.now() - AGES_MS);
    const given = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === 'old' ? old : value]));
    await insert(owner, table, { ...timesOf(owner, table, old), ...given });
    for (const { table: swept, rule } of sweeps.filter((one) => one.owner === owner)) {
      if (swept === table) await sweep(unitOfWork, table, rule, new Date());
    }
    expect(await left(owner, table)).toHaveLength(1);
  });

  it('keeps a closed posting somebody keeps or an employer publishes, and takes its belongings along with another', async () => {
    const old = new Date(Date.now() - AGES_MS);
    const [kept, published, withdrawn] = [newId(), newId(), newId()];
    for (const table of ['posting', 'bookmark', 'employer_posting', 'sighting', 'user_match'])
      await clear('jobs-ingestion', table);
    for (const id of [kept, published, withdrawn])
      await insert('jobs-ingestion', 'posting', { ...SHAPES.posting, id, closed_at: old });
    await insert('jobs-ingestion', 'bookmark', { posting_id: kept });
    await insert('jobs-ingestion', 'employer_posting', { posting_id: published, withdrawn_at: null });
    await insert('jobs-ingestion', 'employer_posting', { posting_id: withdrawn, withdrawn_at: old });
    await insert('jobs-ingestion', 'sighting', { posting_id: withdrawn, layer: 'first' });
    await insert('jobs-ingestion', 'user_match', { posting_id: withdrawn, score: 1 });
    const unitOfWork = await unitOfWorkOf('jobs-ingestion');
    const [rule] = retentionOf('jobs-ingestion').posting?.sweeps ?? [];
    if (rule === undefined) throw new Error('postings have no period');
    expect(await sweep(unitOfWork, 'posting', rule, new Date())).toBe(1);
    const ids = await db.admin<{ id: string }>('SELECT id FROM jobs.posting');
    expect(ids.map(({ id }) => id).sort()).toEqual([kept, published].sort());
    expect(await left('jobs-ingestion', 'sighting')).toEqual([]);
    expect(await left('jobs-ingestion', 'user_match')).toEqual([]);
    expect(await left('jobs-ingestion', 'employer_posting')).toHaveLength(1);
  });

  it('is what the housekeeping of every service looks after', async () => {
    const platform = await startComposed(NO_SOURCES);
    try {
      const messaging = platform.running.app.get(ProcessMessaging, { strict: false });
      for (const service of SERVICES) {
        const looked = Object.keys(await messaging.service(service).janitor.prune());
        const due = sweeps.filter(({ owner }) => owner === service).map(({ table }) => table);
        expect([service, looked.sort()]).toEqual([service, [...new Set(due)].sort()]);
      }
    } finally {
      await platform.stop();
    }
  }, 60_000);

  it('removes more than fits into one transaction', async () => {
    await clear('notifications', 'inbox');
    await db.admin(
      `INSERT INTO notifications.inbox (consumer, message_id, processed_at)
       SELECT 'x', gen_random_uuid(), now() - interval '1 year' FROM generate_series(1, $1)`,
      [SWEPT_AT_ONCE + 5],
    );
    const unitOfWork = await unitOfWorkOf('notifications');
    const rule: Sweep = { since: 'processed_at', event: 'it was handled', keptMs: DAY };
    // Two replicas at once: none waits for the other, none fails.
    const both = await Promise.all([1, 2].map(() => sweep(unitOfWork, 'inbox', rule, new Date())));
    expect(both.reduce((a, b) => a + b)).toBe(SWEPT_AT_ONCE + 5);
    expect(await left('notifications', 'inbox')).toEqual([]);
  });

  const opened = new Map<SchemaOwner, UnitOfWork>();
  /** With the role of the service, as its housekeeping has it. */
  async function unitOfWorkOf(owner: SchemaOwner): Promise<UnitOfWork> {
    const schema = allSchemas.find(({ service }) => service === owner);
    if (schema === undefined) throw new Error(`no schema of ${owner}`);
    const found = opened.get(owner) ?? (await db.open(schema)).unitOfWork;
    opened.set(owner, found);
    return found;
  }

  function shapeOf(table: string, { since }: Sweep, at: Date): Row {
    const column = since.startsWith('coalesce') ? 'requested_at' : since;
    const shape = SHAPES[`${table}.${since}`] ?? SHAPES[table] ?? {};
    return { ...shape, [column]: at };
  }

  /** Every time a period of the table counts from, set to `at`. */
  const timesOf = (owner: SchemaOwner, table: string, at: Date): Row =>
    Object.assign({}, ...(retentionOf(owner)[table]?.sweeps ?? []).map((rule) => shapeOf(table, rule, at)));

  /** A row with something in every column: `values`, or anything of its type. Answers which one it is. */
  async function insert(owner: SchemaOwner, table: string, values: Row): Promise<string> {
    const columns = await db.admin<{ name: string; type: string; generated: boolean }>(
      `SELECT column_name AS name, data_type AS type, is_generated = 'ALWAYS' AS generated
       FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2`,
      [schemaNameOf(owner), table],
    );
    const written = columns.filter(({ generated }) => !generated);
    const row = written.map(({ name, type }) => (name in values ? values[name] : anyOf(type)));
    const names = written.map(({ name }) => name).join(', ');
    const places = row.map((_, index) => `$${index + 1}`).join(', ');
    const { rows } = await bare.query<{ row: string }>(
      `INSERT INTO ${schemaNameOf(owner)}.${table} AS t (${names}) VALUES (${places}) RETURNING md5(t::text) AS row`,
      row,
    );
    return rows[0]?.row ?? '';
  }

  const left = async (owner: SchemaOwner, table: string): Promise<string[]> => {
    const rows = await db.admin<{ row: string }>(`SELECT md5(t::text) AS row FROM ${schemaNameOf(owner)}.${table} t`);
    return rows.map(({ row }) => row).sort();
  };

  const clear = (owner: SchemaOwner, table: string) => bare.query(`DELETE FROM ${schemaNameOf(owner)}.${table}`);
});

function anyOf(type: string): unknown {
  if (type === 'uuid') return newId();
  if (type === 'bytea') return randomBytes(8);
  if (type === 'ARRAY') return '{}';
  if (type === 'jsonb') return '[]';
  if (type === 'boolean') return false;
  if (type.startsWith('timestamp') || type === 'date') return new Date();
  if (/^(integer|bigint|numeric|real|double precision)$/.test(type)) return 1;
  return randomBytes(6).toString('hex');
}
