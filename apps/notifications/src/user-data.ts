import { DELETED, type UserData } from '#persistence';

export const notificationsUserData: UserData = {
  tables: [
    { table: 'notification', mine: 'user_id = $1', erase: DELETED },
    {
      // Others were told about this person: a request to connect, a message.
      table: 'notification',
      mine: `user_id <> $1::uuid AND data::text LIKE '%' || $1::text || '%'`,
      notExported: 'it was told to somebody else',
      erase: DELETED,
    },
    {
      // Under the id of its delivery. A code for an address that had no account then is of nobody, and gone in a week.
      table: 'local_mail',
      mine: 'id IN (SELECT id FROM delivery WHERE user_id = $1)',
      notExported: 'encrypted copies of mails the person got, for an installation without a mail server',
      erase: DELETED,
    },
    {
      table: 'delivery',
      mine: 'user_id = $1',
      leftOut: { content: 'the mail itself, encrypted until it is sent' },
      erase: DELETED,
    },
  ],
  otherTables: {},
};
