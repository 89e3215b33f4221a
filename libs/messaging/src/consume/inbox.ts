import type { Queryable, Tx } from '#persistence';

/**
 * The memory of what was handled. A stream forgets message ids after minutes; this does not, so it is the real guard
 * against a second effect.
 */

/**
 * Before any effect, in the same transaction. False: the message had its effect before. A second delivery that runs at
 * the same time waits here for the first to commit or roll back.
 */
export async function enterInbox(tx: Tx, consumer: string, messageId: string): Promise<boolean> {
  const rows = await tx.query(
    'inbox.enter',
    `INSERT INTO inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1 AS entered`,
    [consumer, messageId],
  );
  return rows.length === 1;
}

export async function isInInbox(database: Queryable, consumer: string, messageId: string): Promise<boolean> {
  const rows = await database.query(
    'inbox.has',
    `SELECT 1 AS found FROM inbox WHERE consumer = $1 AND message_id = $2`,
    [consumer, messageId],
  );
  return rows.length === 1;
}
