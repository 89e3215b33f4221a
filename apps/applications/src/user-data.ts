import { DELETED, type UserData } from '#persistence';

export const applicationsUserData: UserData = {
  tables: [
    { table: 'timeline_entry', mine: 'user_id = $1', erase: DELETED },
    { table: 'application', mine: 'user_id = $1', erase: DELETED },
  ],
  otherTables: {},
};
