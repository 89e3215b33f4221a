import { DELETED, type UserData } from '#persistence';

/** The tables every service has beside its own, in the words of its declaration; erased after them. */
export const messagingUserData: UserData = {
  tables: [
    {
      table: 'idempotency_keys',
      // Before sign-in the key stands under an address, so the answer (which names the person) is looked into too.
      mine: `scope LIKE $1::text || ' %' OR response LIKE '%' || $1::text || '%'`,
      // Also what was changed or deleted since: an answer is kept for a day.
      leftOut: { request_hash: 'hash of the request' },
      erase: DELETED,
    },
    {
      table: 'dead_letters',
      mine: `envelope LIKE '%' || $1::text || '%'`,
      notExported: 'copies of messages: ids and facts that are in the other tables',
      erase: DELETED,
    },
    {
      table: 'outbox',
      // Work that is done: nobody needs it again. Sealed mail is among it.
      mine: `subject LIKE 'cmd.%' AND published_at IS NOT NULL AND payload LIKE '%' || $1::text || '%'`,
      notExported: 'copies of messages: ids and facts that are in the other tables',
      erase: DELETED,
    },
    {
      table: 'user_data_piece',
      mine: 'request_id IN (SELECT request_id FROM user_data_part WHERE user_id = $1)',
      notExported: 'an export on its way',
      erase: DELETED,
    },
    { table: 'user_data_part', mine: 'user_id = $1', notExported: 'an export on its way', erase: DELETED },
    {
      table: 'erased_user',
      mine: 'user_id = $1',
      notExported: 'nobody who is in it can ask for an export',
      erase: { how: 'kept', because: 'an id by which late messages about the person are recognised and dropped' },
    },
  ],
  otherTables: {
    inbox: 'ids of messages, without a person',
    relay_ledger: 'positions in streams',
    migrations: 'what the database is made of',
  },
};

/** What a service declares, and what every service has. */
export const withMessaging = ({ tables, otherTables }: UserData): UserData => ({
  tables: [...tables, ...messagingUserData.tables],
  otherTables: { ...messagingUserData.otherTables, ...otherTables },
});
