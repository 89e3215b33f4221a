import type pg from 'pg';
import type { Violation } from './checkers.js';
import type { History, Operation } from './history.js';

type Of<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

/** What the clients were told, held against what is there: `ok` happened once, `failed` never, `unknown` once or never. */
export async function checkHistory(history: History, database: pg.Pool): Promise<Violation[]> {
  const found = new Findings();
  await checkCreates(history, database, found);
  await checkMoves(history, database, found);
  await checkBookmarks(history, database, found);
  await checkLetters(history, database, found);
  await checkProfiles(history, database, found);
  for (const answers of history.differentAnswers) {
    found.add('wrong', 'a repeated key is answered with the same bytes', answers.slice(0, 600));
  }
  for (const operation of history.operations) {
    if (operation.outcome === 'failed' && !isExpectedRefusal(operation)) {
      found.add('wrong', 'nothing is refused that was right', `${operation.kind}: ${operation.reason ?? ''}`);
    }
  }
  return found.list();
}

/** A change that was not answered may have happened: the next one under the old version is then refused, rightly. */
const isExpectedRefusal = ({ kind, reason = '' }: Operation): boolean =>
  (kind === 'move' || kind === 'profile') && reason.endsWith('STALE_VERSION');

async function checkCreates(history: History, database: pg.Pool, found: Findings): Promise<void> {
  const { rows } = await database.query<{ id: string; user_id: string; posting_id: string }>(
    'SELECT id, user_id, posting_id FROM applications.application',
  );
  const stored = new Map(rows.map((row) => [`${row.user_id} ${row.posting_id}`, row.id]));
  const { rows: keys } = await database.query<{ key: string }>('SELECT key FROM applications.idempotency_keys');
  const kept = new Set(keys.map((row) => row.key));
  const wanted = new Set<string>();
  for (const one of of(history, 'create')) {
    const name = `${one.userId} ${one.postingId}`;
    wanted.add(name);
    const id = stored.get(name);
    if (one.outcome === 'ok' && id !== one.applicationId)
      found.add('lost', 'every acknowledged application is there', name);
    if (one.outcome === 'ok' && !kept.has(one.key)) found.add('lost', 'every acknowledged key is kept', one.key);
    if (one.outcome === 'failed' && id !== undefined) found.add('wrong', 'what failed did not happen', name);
  }
  for (const name of stored.keys())
    if (!wanted.has(name)) found.add('wrong', 'nobody created what nobody asked for', name);
}

async function checkMoves(history: History, database: pg.Pool, found: Findings): Promise<void> {
  const { rows } = await database.query<{ id: string; version: string; status: string }>(
    `SELECT data ->> 'application_id' AS id, data ->> 'sequence' AS version, data ->> 'to' AS status
     FROM chaos.message WHERE subject = 'evt.applications.application.status-changed.v1'`,
  );
  const happened = new Map(rows.map((row) => [`${row.id} ${row.version}`, row.status]));
  const possible = new Set<string>();
  for (const one of of(history, 'move')) {
    const name = `${one.applicationId} ${one.toVersion}`;
    if (one.outcome !== 'failed') possible.add(`${name} ${one.status}`);
    if (one.outcome === 'ok' && happened.get(name) !== one.status)
      found.add('lost', 'every acknowledged status change is there', `${name} ${one.status}`);
  }
  for (const [name, status] of happened) {
    if (!possible.has(`${name} ${status}`))
      found.add('wrong', 'no status changed that nobody asked for', `${name} ${status}`);
  }
}

async function checkBookmarks(history: History, database: pg.Pool, found: Findings): Promise<void> {
  const { rows } = await database.query<{ user_id: string; posting_id: string }>(
    'SELECT user_id, posting_id FROM jobs.bookmark',
  );
  const kept = new Set(rows.map((row) => `${row.user_id} ${row.posting_id}`));
  const last = new Map<string, Of<'bookmark'>>();
  for (const one of of(history, 'bookmark')) last.set(`${one.userId} ${one.postingId}`, one);
  for (const [name, one] of last) {
    if (one.outcome === 'ok' && kept.has(name) !== one.kept)
      found.add('lost', 'what is kept is what was said last', `${name} ${one.kept}`);
  }
  for (const name of kept) if (!last.has(name)) found.add('wrong', 'nothing is kept that nobody kept', name);
}

async function checkLetters(history: History, database: pg.Pool, found: Findings): Promise<void> {
  const { rows } = await database.query<{ id: string; key: string }>(
    `SELECT response::jsonb ->> 'id' AS id, key FROM ai.idempotency_keys`,
  );
  const { rows: generations } = await database.query<{ count: number }>('SELECT count(*)::int FROM ai.generation');
  const idOf = new Map(rows.map((row) => [row.key, row.id]));
  for (const one of of(history, 'letter')) {
    if (one.outcome === 'ok' && idOf.get(one.key) !== one.generationId)
      found.add('lost', 'every acknowledged letter is there', one.key);
  }
  if (generations[0]?.count !== rows.length)
    found.add('doubled', 'one generation per key', `${generations[0]?.count ?? 0} for ${rows.length} keys`);
}

/** A profile's event says that it changed and which version it has now; what is in it only identity can tell. */
async function checkProfiles(history: History, database: pg.Pool, found: Findings): Promise<void> {
  const { rows } = await database.query<{ user_id: string; version: number }>(
    `SELECT (data ->> 'user_id') AS user_id, (data ->> 'version')::int AS version
     FROM chaos.message WHERE subject = 'evt.identity.profile.updated.v1'`,
  );
  const told = new Set(rows.map((row) => `${row.user_id} ${row.version}`));
  const { rows: profiles } = await database.query<{ user_id: string; version: number; years: number }>(
    `SELECT user_id::text, version, (facts ->> 'experience_years')::int AS years FROM identity.profile`,
  );
  const kept = new Map(profiles.map((row) => [`${row.user_id} ${row.version}`, row.years]));
  for (const one of of(history, 'profile')) {
    if (one.outcome !== 'ok') continue;
    const name = `${one.userId} ${one.version}`;
    if (!told.has(name)) found.add('lost', 'every acknowledged profile change is told', name);
    // Of an older version only the number is left.
    const years = kept.get(name);
    if (years !== undefined && years !== one.years)
      found.add('lost', 'the newest acknowledged profile is there', `${name} ${one.years}`);
  }
  const { rows: behind } = await database.query<{ user_id: string }>(
    `SELECT user_id::text FROM (
       SELECT (data ->> 'user_id')::uuid AS user_id, max((data ->> 'version')::int) AS version FROM chaos.message
       WHERE subject = 'evt.identity.profile.updated.v1' GROUP BY 1) AS newest
     LEFT JOIN jobs.match_profile AS m USING (user_id) LEFT JOIN identity.profile AS p USING (user_id)
     WHERE m.version IS DISTINCT FROM newest.version
        OR m.experience_years IS DISTINCT FROM (p.facts ->> 'experience_years')::numeric`,
  );
  for (const { user_id } of behind) found.add('wrong', 'matching works with the newest profile', user_id);
}

const of = <K extends Operation['kind']>(history: History, kind: K): Of<K>[] =>
  history.operations.filter((operation): operation is Of<K> => operation.kind === kind);

class Findings {
  private readonly byRule = new Map<string, Violation>();

  add(kind: Violation['kind'], rule: string, example: string): void {
    const violation = this.byRule.get(rule) ?? { rule, kind, count: 0, examples: [] };
    violation.count += 1;
    if (violation.examples.length < 3) violation.examples.push(example);
    this.byRule.set(rule, violation);
  }

  list(): Violation[] {
    return [...this.byRule.values()];
  }
}
