import type { Queryable, Tx } from '#persistence';

/**
 * The memory of what was handled. A stream forgets message ids after minutes; this does not, so it is the real guard
 * against a second effect.
 */

/** `erased`: it is about somebody who was erased here, and must not bring anything of him back. */
export type Entered = 'new' | 'duplicate' | 'erased';

/**
 * Before any effect, in the same transaction. A second delivery that runs at the same time waits here for the first to
 * commit or roll back. `people`: whom the message is about; asked in the same statement.
 */
export async function enterInbox(
  tx: Tx,
  consumer: string,
  messageId: string,
  people: readonly string[] = [],
): Promise<Entered> {
  const [row] = await tx.query<{ erased: boolean }>(
    'inbox.enter',
    `INSERT INTO inbox (consumer, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
     RETURNING EXISTS (SELECT 1 FROM erased_user WHERE user_id = ANY ($3::uuid[])) AS erased`,
    [consumer, messageId, people],
  );
  if (row === undefined) return 'duplicate';
  return row.erased ? 'erased' : 'new';
}

/** The same question without entering: for work that has no transaction yet. */
export async function lookIntoInbox(
  database: Queryable,
  consumer: string,
  messageId: string,
  people: readonly string[] = [],
): Promise<Entered> {
  const [row] = await database.query<{ found: boolean; erased: boolean }>(
    'inbox.look',
    `SELECT EXISTS (SELECT 1 FROM inbox WHERE consumer = $1 AND message_id = $2) AS found,
            EXISTS (SELECT 1 FROM erased_user WHERE user_id = ANY ($3::uuid[])) AS erased`,
    [consumer, messageId, people],
  );
  if (row?.found === true) return 'duplicate';
  return row?.erased === true ? 'erased' : 'new';
}
