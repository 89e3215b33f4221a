import { DELETED, type UserData } from '#persistence';

export const notificationsUserData: UserData = {
  tables: [
    { table: 'notification', mine: 'user_id = $1', erase: DELETED },
    {
      table: 'notification_counter',
      mine: 'user_id = $1',
      notExported: 'how many notifications there were so far; they are handed out themselves',
      erase: DELETED,
    },
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
    {
      table: 'webhook_delivery',
      mine: 'webhook_id IN (SELECT id FROM webhook WHERE user_id = $1)',
      erase: DELETED,
    },
    {
      // What others' programs were told about this person: a request to connect, a message.
      table: 'webhook_delivery',
      mine: `webhook_id NOT IN (SELECT id FROM webhook WHERE user_id = $1::uuid) AND data::text LIKE '%' || $1::text || '%'`,
      notExported: 'it was told to somebody else',
      erase: DELETED,
    },
    {
      table: 'webhook',
      mine: 'user_id = $1',
      leftOut: {
        secret: 'whoever has it can speak in our name to the receiver',
        previous_secret: 'as long as it counts, whoever has it can speak in our name to the receiver',
      },
      erase: DELETED,
    },
    { table: 'account_access', mine: 'user_id = $1', erase: DELETED },
  ],
  otherTables: {},
};
