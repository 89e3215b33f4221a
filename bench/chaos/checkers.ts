import {
  ApplicationCreatedV1,
  ApplicationDeletedV1,
  ApplicationStatusChangedV1,
  ContentGeneratedV1,
  EmployerCompaniesChangedV1,
  type EventContract,
  MatchFoundV1,
  PostingBookmarkedV1,
  PostingUnbookmarkedV1,
  ProfileUpdatedV1,
  SCHEMA_OF,
  type ServiceName,
  SERVICES,
  UserAccessChangedV1,
  WEBHOOK_EVENTS,
} from '#contracts';
import type pg from 'pg';

export interface Violation {
  rule: string;
  /** `lost` and `doubled` are what the run is about; `wrong` is any other disagreement. */
  kind: 'lost' | 'doubled' | 'wrong';
  count: number;
  examples: string[];
}

/** Who has an effect of what, as the consumers of the services declare it. */
const SUBSCRIPTIONS: readonly [EventContract, ServiceName, string][] = [
  [ApplicationCreatedV1, 'analytics', 'analytics-facts'],
  [ApplicationStatusChangedV1, 'analytics', 'analytics-facts'],
  [ApplicationStatusChangedV1, 'notifications', 'notifications-deliveries'],
  [ApplicationDeletedV1, 'analytics', 'analytics-facts'],
  [PostingBookmarkedV1, 'analytics', 'analytics-facts'],
  [PostingUnbookmarkedV1, 'analytics', 'analytics-facts'],
  [ContentGeneratedV1, 'analytics', 'analytics-facts'],
  [MatchFoundV1, 'notifications', 'notifications-deliveries'],
  [ProfileUpdatedV1, 'jobs-ingestion', 'jobs-ingestion-match-profiles'],
  ...WEBHOOK_EVENTS.map(({ contract }): [EventContract, ServiceName, string] => [
    contract,
    'notifications',
    'notifications-webhooks',
  ]),
  [UserAccessChangedV1, 'notifications', 'notifications-webhooks'],
  [EmployerCompaniesChangedV1, 'jobs-ingestion', 'jobs-ingestion-employers'],
];

const everySchema = (select: (schema: string, service: ServiceName) => string): string =>
  SERVICES.map((service) => select(SCHEMA_OF[service], service)).join('\nUNION ALL\n');

/**
 * Puts what the services hold beside what must follow from it. All from the tables, with rights on all schemas:
 * domain row ↔ outbox row ↔ inbox row per reader ↔ one effect.
 */
export async function checkTables(database: pg.Pool, planted: readonly string[]): Promise<Violation[]> {
  await database.query(`
    DROP TABLE IF EXISTS chaos.message, chaos.handled, chaos.must_handle, chaos.must_effect, chaos.had_effect;
    CREATE TABLE chaos.message AS
      SELECT id, subject, data, time, published_at FROM (${everySchema(
        (schema) =>
          `SELECT id, subject, payload::jsonb -> 'data' AS data, payload::jsonb ->> 'time' AS time, published_at FROM ${schema}.outbox`,
      )}) AS every_outbox;
    CREATE TABLE chaos.handled AS ${everySchema(
      (schema) => `SELECT '${schema}' AS schema, consumer, message_id AS id FROM ${schema}.inbox`,
    )};
    CREATE TABLE chaos.must_handle AS
      SELECT r.schema, r.consumer, m.id FROM chaos.message AS m
      JOIN (VALUES ${SUBSCRIPTIONS.map(
        ([contract, service, durable]) => `('${contract.subject}', '${SCHEMA_OF[service]}', '${durable}')`,
      ).join(', ')}) AS r(subject, schema, consumer) USING (subject)
      UNION ALL
      SELECT s.schema, replace(substr(m.subject, 5), '.', '-'), m.id FROM chaos.message AS m
      JOIN (VALUES ${SERVICES.map((service) => `('${service}', '${SCHEMA_OF[service]}')`).join(', ')}) AS s(service, schema)
        ON m.subject LIKE 'cmd.' || s.service || '.%';
    CREATE TABLE chaos.must_effect AS ${MUST_EFFECT};
    CREATE TABLE chaos.had_effect AS SELECT what, key, count(*)::int AS times FROM chaos.effect GROUP BY what, key;`);
  const found: Violation[] = [];
  for (const { rule, kind, sql } of RULES) {
    const { rows } = await database.query<{ example: string }>(sql);
    if (rows.length > 0)
      found.push({ rule, kind, count: rows.length, examples: rows.slice(0, 3).map((row) => row.example) });
  }
  return [...found, ...(await checkDeadLetters(database, planted))];
}

const subject = (contract: EventContract): string => `m.subject = '${contract.subject}'`;

/** What each message must have caused, named as the witness names it. */
const MUST_EFFECT = `
  SELECT 'step' AS what, concat_ws(' ', data ->> 'application_id', 1) AS key FROM chaos.message AS m
    WHERE ${subject(ApplicationCreatedV1)}
  UNION ALL SELECT 'step', concat_ws(' ', data ->> 'application_id', data ->> 'sequence') FROM chaos.message AS m
    WHERE ${subject(ApplicationStatusChangedV1)}
  UNION ALL SELECT 'notification', (data ->> 'user_id') || ' application:' || (data ->> 'application_id') || ':' || (data ->> 'sequence')
    FROM chaos.message AS m WHERE ${subject(ApplicationStatusChangedV1)}
  UNION ALL SELECT 'notification', (data ->> 'user_id') || ' match:' || (data ->> 'posting_id') FROM chaos.message AS m
    WHERE ${subject(MatchFoundV1)}
  UNION ALL SELECT 'bookmark', concat_ws(' ', data ->> 'user_id', data ->> 'posting_id',
      (${subject(PostingBookmarkedV1)})::text, to_jsonb(time::timestamptz) #>> '{}') FROM chaos.message AS m
    WHERE ${subject(PostingBookmarkedV1)} OR ${subject(PostingUnbookmarkedV1)}
  UNION ALL SELECT 'activity', id::text FROM chaos.message AS m WHERE ${subject(ContentGeneratedV1)}
  UNION ALL SELECT 'letter', id::text FROM ai.generation WHERE status <> 'failed'`;

const RULES: readonly { rule: string; kind: Violation['kind']; sql: string }[] = [
  {
    rule: 'every outbox row is published',
    kind: 'lost',
    sql: `SELECT id || ' ' || subject AS example FROM chaos.message WHERE published_at IS NULL`,
  },
  {
    rule: 'every message was handled by every reader of it',
    kind: 'lost',
    sql: `SELECT consumer || ' ' || id AS example FROM chaos.must_handle LEFT JOIN chaos.handled AS h USING (schema, consumer, id)
          WHERE h.id IS NULL`,
  },
  {
    rule: 'nothing was handled that nobody sent',
    kind: 'wrong',
    sql: `SELECT h.consumer || ' ' || h.id AS example FROM chaos.handled AS h
          LEFT JOIN chaos.must_handle AS m USING (schema, consumer, id) WHERE m.id IS NULL`,
  },
  {
    rule: 'every message had its effect',
    kind: 'lost',
    sql: `SELECT what || ' ' || key AS example FROM chaos.must_effect LEFT JOIN chaos.had_effect AS h USING (what, key)
          WHERE h.key IS NULL`,
  },
  {
    rule: 'no effect was had twice',
    kind: 'doubled',
    sql: `SELECT what || ' ' || key || ' ×' || times AS example FROM chaos.had_effect WHERE times > 1`,
  },
  {
    rule: 'no effect came from nothing',
    kind: 'wrong',
    sql: `SELECT h.what || ' ' || h.key AS example FROM chaos.had_effect AS h LEFT JOIN chaos.must_effect AS m USING (what, key)
          WHERE m.key IS NULL`,
  },
  {
    rule: 'no two messages tell the same',
    kind: 'doubled',
    sql: `SELECT what || ' ' || key AS example FROM chaos.must_effect GROUP BY what, key HAVING count(*) > 1`,
  },
  {
    rule: 'every application has one created event and one created entry, and neither is without it',
    kind: 'wrong',
    sql: `SELECT coalesce(a.id::text, e.id, t.id::text) AS example FROM applications.application AS a
          FULL JOIN (SELECT data ->> 'application_id' AS id, count(*) AS n FROM chaos.message AS m
                     WHERE ${subject(ApplicationCreatedV1)} GROUP BY 1) AS e ON e.id = a.id::text
          FULL JOIN (SELECT application_id AS id, count(*) AS n FROM applications.timeline_entry
                     WHERE kind = 'created' GROUP BY 1) AS t ON t.id = a.id
          WHERE a.id IS NULL OR e.n IS DISTINCT FROM 1 OR t.n IS DISTINCT FROM 1`,
  },
  {
    rule: 'versions, status changes and their timeline entries agree',
    kind: 'wrong',
    sql: `SELECT a.id || ' version ' || a.version AS example FROM applications.application AS a
          LEFT JOIN (SELECT data ->> 'application_id' AS id, count(*) AS n, count(DISTINCT data ->> 'sequence') AS steps,
                            max((data ->> 'sequence')::int) AS highest
                     FROM chaos.message AS m WHERE ${subject(ApplicationStatusChangedV1)} GROUP BY 1) AS e ON e.id = a.id::text
          LEFT JOIN (SELECT application_id AS id, count(*) AS n FROM applications.timeline_entry
                     WHERE kind = 'status_changed' GROUP BY 1) AS t ON t.id = a.id
          WHERE coalesce(e.n, 0) <> a.version - 1 OR coalesce(e.steps, 0) <> a.version - 1
             OR coalesce(e.highest, 1) <> a.version OR coalesce(t.n, 0) <> a.version - 1`,
  },
  {
    rule: 'analytics knows the status every application has',
    kind: 'wrong',
    sql: `SELECT a.id || ' ' || a.status || ' / ' || coalesce(s.status, 'unknown') AS example FROM applications.application AS a
          LEFT JOIN LATERAL (SELECT status FROM analytics.application_step WHERE application_id = a.id
                             ORDER BY sequence DESC LIMIT 1) AS s ON true
          WHERE s.status IS DISTINCT FROM a.status`,
  },
  {
    rule: 'analytics and jobs agree on what is kept',
    kind: 'wrong',
    sql: `SELECT coalesce(b.user_id, k.user_id) || ' ' || coalesce(b.posting_id, k.posting_id) AS example FROM jobs.bookmark AS b
          FULL JOIN (SELECT user_id, posting_id FROM analytics.bookmark WHERE kept) AS k
            ON k.user_id = b.user_id AND k.posting_id = b.posting_id
          WHERE b.user_id IS NULL OR k.user_id IS NULL`,
  },
  {
    rule: 'every letter is written and told once',
    kind: 'wrong',
    sql: `SELECT g.id || ' ' || g.status AS example FROM ai.generation AS g LEFT JOIN ai.cover_letter AS l ON l.id = g.id
          LEFT JOIN (SELECT data ->> 'generation_id' AS id, count(*) AS n FROM chaos.message AS m
                     WHERE ${subject(ContentGeneratedV1)} GROUP BY 1) AS e ON e.id = g.id::text
          WHERE g.status <> 'succeeded' OR l.id IS NULL OR e.n IS DISTINCT FROM 1`,
  },
  {
    rule: 'no key was stored without its application',
    kind: 'wrong',
    sql: `SELECT k.key AS example FROM applications.idempotency_keys AS k
          LEFT JOIN applications.application AS a ON a.id::text = k.response::jsonb ->> 'id' WHERE a.id IS NULL`,
  },
];

/** The planted ones, once per reader; nothing else. */
async function checkDeadLetters(database: pg.Pool, planted: readonly string[]): Promise<Violation[]> {
  const { rows } = await database.query<{ consumer: string; message_id: string; reason: string; open: boolean }>(
    everySchema(
      (schema) => `SELECT consumer, message_id, reason, replayed_at IS NULL AS open FROM ${schema}.dead_letters`,
    ),
  );
  const poison = new Set(planted);
  const strangers = rows.filter((row) => row.open && !poison.has(row.message_id));
  const found: Violation[] = [];
  if (strangers.length > 0) {
    const examples = strangers.slice(0, 3).map((row) => `${row.consumer} ${row.message_id} ${row.reason}`);
    found.push({ rule: 'no dead letters beside the planted ones', kind: 'lost', count: strangers.length, examples });
  }
  // The wire plants it among the changes of status.
  const readers = SUBSCRIPTIONS.flatMap(([contract, , consumer]) =>
    contract === ApplicationStatusChangedV1 ? [consumer] : [],
  );
  const missing = readers.flatMap((consumer) =>
    planted.filter((id) => rows.filter((row) => row.consumer === consumer && row.message_id === id).length !== 1),
  );
  if (missing.length > 0) {
    const rule = 'every planted poison is one dead letter of each reader';
    found.push({ rule, kind: 'wrong', count: missing.length, examples: missing.slice(0, 3) });
  }
  return found;
}
