import { DELETED, type UserData } from '#persistence';

export const aiContentUserData: UserData = {
  tables: [
    { table: 'cover_letter', mine: 'user_id = $1', erase: DELETED },
    { table: 'generation', mine: 'user_id = $1', erase: DELETED },
    {
      table: 'daily_use',
      mine: 'who = $1::text',
      notExported: 'counts of the last day, which end what was too much',
      erase: DELETED,
    },
  ],
  otherTables: {},
};
