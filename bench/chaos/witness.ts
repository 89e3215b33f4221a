import type pg from 'pg';

/** Tables that get a row when a message has its effect, and what names that effect. */
const WATCHED = [
  { table: 'analytics.application_step', what: 'step', key: ['application_id', 'sequence'] },
  { table: 'analytics.activity', what: 'activity', key: ['id'] },
  { table: 'analytics.bookmark', what: 'bookmark', key: ['user_id', 'posting_id', 'kept', 'changed_at'] },
  { table: 'notifications.notification', what: 'notification', key: ['user_id', 'occasion'] },
  { table: 'ai.cover_letter', what: 'letter', key: ['id'] },
] as const;

/**
 * Counts how often an effect was really had. The tables themselves cannot tell: they ignore a second insert of the
 * same key, which is a second line of defence and would hide that the first one (the inbox) failed. A trigger before
 * the insert sees every attempt, and its row is committed or rolled back with it.
 */
export async function installWitness(database: pg.Pool): Promise<void> {
  await database.query(`
    CREATE SCHEMA chaos;
    CREATE TABLE chaos.effect (what text NOT NULL, key text NOT NULL);
    CREATE FUNCTION chaos.witness() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
      facts jsonb := to_jsonb(NEW);
      parts text[];
    BEGIN
      FOR i IN 1 .. TG_NARGS - 1 LOOP
        parts := array_append(parts, facts ->> TG_ARGV[i]);
      END LOOP;
      INSERT INTO chaos.effect (what, key) VALUES (TG_ARGV[0], array_to_string(parts, ' '));
      RETURN NEW;
    END $$`);
  for (const { table, what, key } of WATCHED) {
    const args = [what, ...key].map((word) => `'${word}'`).join(', ');
    await database.query(
      `CREATE TRIGGER chaos_witness BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION chaos.witness(${args})`,
    );
  }
}
