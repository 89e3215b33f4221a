import { DELETED, type UserData } from '#persistence';

export const notificationsUserData: UserData = {
  tables: [{ table: 'notification', mine: 'user_id = $1', erase: DELETED }],
  otherTables: {},
};
