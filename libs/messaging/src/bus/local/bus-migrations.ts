import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log of the local adapter, in schema `bus`. Each verb of the port is one statement, so a process that dies between
 * any two statements leaves no half step; what it had taken is due again when its lease ends.
 */
const TABLES = `
CREATE TABLE streams (
  name text PRIMARY KEY,
  -- Another value after the stream was deleted and made again: readers of the ledger notice.
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Done work is deleted; events stay until they are max_age old.
  work_queue boolean NOT NULL,
  max_age interval,
  duplicate_window interval NOT NULL,
  last_sequence bigint NOT NULL DEFAULT 0
);
CREATE TABLE messages (
  stream text NOT NULL REFERENCES streams ON DELETE CASCADE,
  sequence bigint NOT NULL,
  message_id text NOT NULL,
  subject text NOT NULL,
  headers text NOT NULL,
  payload bytea NOT NULL,
  stored_at timestamptz NOT NULL,
  PRIMARY KEY (stream, sequence)
);
-- For retention only; rows arrive in this order, so a few pages are enough.
CREATE INDEX messages_stored_at ON messages USING brin (stored_at);
CREATE TABLE recent_ids (
  stream text NOT NULL REFERENCES streams ON DELETE CASCADE,
  message_id text NOT NULL,
  sequence bigint NOT NULL,
  stored_at timestamptz NOT NULL,
  PRIMARY KEY (stream, message_id)
);
CREATE TABLE cursors (
  stream text NOT NULL REFERENCES streams ON DELETE CASCADE,
  durable text NOT NULL,
  -- Everything up to here was handed out at least once, or did not pass the filter.
  position bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (stream, durable)
);
-- Handed out and not settled. Never more rows per durable than its bound.
CREATE TABLE unsettled (
  stream text NOT NULL,
  durable text NOT NULL,
  sequence bigint NOT NULL,
  attempt integer NOT NULL,
  -- End of the lease, or of the delay of a nak.
  due_at timestamptz NOT NULL,
  PRIMARY KEY (stream, durable, sequence),
  FOREIGN KEY (stream, durable) REFERENCES cursors ON DELETE CASCADE
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`;

/**
 * The lock on the stream's row puts appends into one line: a higher sequence never becomes visible before a lower one,
 * which is what lets a cursor be a single number. No row comes back when the stream is not there.
 */
const APPEND = `
CREATE FUNCTION append(for_stream text, ids text[], subjects text[], header_texts text[], payloads bytea[])
RETURNS TABLE (stored_sequence bigint, is_duplicate boolean) LANGUAGE plpgsql AS $$
DECLARE
  target streams%ROWTYPE;
  moment timestamptz;
  earlier bigint;
BEGIN
  SELECT * INTO target FROM streams WHERE name = for_stream FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  moment := clock_timestamp();
  FOR i IN 1 .. cardinality(ids) LOOP
    INSERT INTO recent_ids AS known (stream, message_id, sequence, stored_at)
    VALUES (for_stream, ids[i], target.last_sequence + 1, moment)
    ON CONFLICT (stream, message_id) DO UPDATE SET sequence = excluded.sequence, stored_at = excluded.stored_at
      WHERE known.stored_at < moment - target.duplicate_window;
    IF FOUND THEN
      target.last_sequence := target.last_sequence + 1;
      INSERT INTO messages (stream, sequence, message_id, subject, headers, payload, stored_at)
      VALUES (for_stream, target.last_sequence, ids[i], subjects[i], header_texts[i], payloads[i], moment);
      RETURN QUERY SELECT target.last_sequence, false;
    ELSE
      SELECT known.sequence INTO earlier FROM recent_ids known WHERE stream = for_stream AND message_id = ids[i];
      RETURN QUERY SELECT earlier, true;
    END IF;
  END LOOP;
  UPDATE streams SET last_sequence = target.last_sequence WHERE name = for_stream;
END $$`;

/**
 * Due again first, then new ones, as far as the bound on unsettled messages allows. The lock on the cursor makes the
 * replicas of a reader take turns. With nothing to hand out, one row without a sequence says when something gets due.
 * Not waiting for the disk: a lost lease or acknowledgement is a redelivery, which the inbox absorbs.
 */
const FETCH = `
CREATE FUNCTION fetch_messages(
  for_stream text, for_durable text, filter text, most integer, ack_wait interval, most_unsettled integer
) RETURNS TABLE (
  taken_sequence bigint, taken_attempt integer, taken_id text, taken_subject text, taken_headers text,
  taken_payload bytea, due_in_ms double precision
) LANGUAGE plpgsql AS $$
DECLARE
  reached bigint;
  newest bigint;
  room integer;
  handed integer;
  fresh integer;
  moment timestamptz;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT position INTO reached FROM cursors WHERE stream = for_stream AND durable = for_durable FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM 1 FROM streams WHERE name = for_stream;
    IF NOT FOUND THEN RAISE EXCEPTION 'stream % is not there', for_stream USING ERRCODE = 'CC404'; END IF;
    INSERT INTO cursors (stream, durable) VALUES (for_stream, for_durable) ON CONFLICT DO NOTHING;
    SELECT position INTO reached FROM cursors WHERE stream = for_stream AND durable = for_durable FOR UPDATE;
  END IF;
  moment := clock_timestamp();

  RETURN QUERY
    WITH due AS (
      SELECT sequence FROM unsettled
      WHERE stream = for_stream AND durable = for_durable AND due_at <= moment
      ORDER BY sequence LIMIT most
    ), taken AS (
      -- due_at once more: an extension that committed meanwhile must win.
      UPDATE unsettled u SET attempt = u.attempt + 1, due_at = moment + ack_wait FROM due
      WHERE u.stream = for_stream AND u.durable = for_durable AND u.sequence = due.sequence AND u.due_at <= moment
      RETURNING u.sequence, u.attempt
    )
    SELECT m.sequence, taken.attempt, m.message_id, m.subject, m.headers, m.payload, NULL::double precision
    FROM taken JOIN messages m ON m.stream = for_stream AND m.sequence = taken.sequence
    ORDER BY m.sequence;
  GET DIAGNOSTICS handed = ROW_COUNT;

  SELECT least(most - handed, most_unsettled - count(*)) INTO room
  FROM unsettled WHERE stream = for_stream AND durable = for_durable;
  SELECT last_sequence INTO newest FROM streams WHERE name = for_stream;
  IF room > 0 AND newest > reached THEN
    RETURN QUERY
      WITH fresh_ones AS (
        SELECT m.* FROM messages m
        WHERE m.stream = for_stream AND m.sequence > reached AND m.sequence <= newest AND m.subject ~ filter
        ORDER BY m.sequence LIMIT room
      ), kept AS (
        INSERT INTO unsettled (stream, durable, sequence, attempt, due_at)
        SELECT for_stream, for_durable, f.sequence, 1, moment + ack_wait FROM fresh_ones f
      )
      SELECT f.sequence, 1, f.message_id, f.subject, f.headers, f.payload, NULL::double precision
      FROM fresh_ones f ORDER BY f.sequence;
    GET DIAGNOSTICS fresh = ROW_COUNT;
    handed := handed + fresh;
    UPDATE cursors SET position = CASE WHEN fresh < room THEN newest ELSE (
      SELECT max(sequence) FROM unsettled WHERE stream = for_stream AND durable = for_durable
    ) END WHERE stream = for_stream AND durable = for_durable;
  END IF;

  IF handed = 0 THEN
    RETURN QUERY SELECT NULL::bigint, NULL::integer, NULL::text, NULL::text, NULL::text, NULL::bytea,
      (SELECT extract(epoch FROM min(due_at) - clock_timestamp())::double precision * 1000
       FROM unsettled WHERE stream = for_stream AND durable = for_durable);
  END IF;
END $$`;

class CreateBusLog1763600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [TABLES, APPEND, FETCH]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION fetch_messages; DROP FUNCTION append');
    await runner.query('DROP TABLE unsettled, cursors, recent_ids, messages, streams');
  }
}

/** For `{ service: 'bus', entities: [], migrations: [...busMigrations] }`. */
export const busMigrations: readonly (new () => MigrationInterface)[] = [CreateBusLog1763600000000];
