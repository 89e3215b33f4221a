import { DELETED, type UserData } from '#persistence';

export const aiContentUserData: UserData = {
  tables: [
    { table: 'cover_letter', mine: 'user_id = $1', erase: DELETED },
    { table: 'generation', mine: 'user_id = $1', erase: DELETED },
  ],
  otherTables: {},
};
