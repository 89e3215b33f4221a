import { Injectable } from '@nestjs/common';
import { UserDataHooks } from '#messaging';
import { DELETED, type UserData } from '#persistence';
import { CountsCache } from './summary/counts-cache.js';

export const analyticsUserData: UserData = {
  tables: [
    { table: 'activity', mine: 'user_id = $1', erase: DELETED },
    { table: 'application_step', mine: 'user_id = $1', erase: DELETED },
    { table: 'deleted_application', mine: 'user_id = $1', erase: DELETED },
    { table: 'bookmark', mine: 'user_id = $1', erase: DELETED },
  ],
  otherTables: {},
};

@Injectable()
export class AnalyticsUserDataHooks extends UserDataHooks {
  constructor(private readonly cache: CountsCache) {
    super();
  }

  override afterErasure(userId: string): void {
    this.cache.invalidatePrefix(userId);
  }
}
