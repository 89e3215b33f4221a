import { CreateMessaging1763600000000 } from './1763600000000-create-messaging.js';
import { CreateUserData1768000000000 } from './1768000000000-create-user-data.js';
import { KeepExportPartsInTables1769500000000 } from './1769500000000-keep-export-parts-in-tables.js';
import { FindReplayedDeadLetters1769700000001 } from './1769700000001-find-replayed-dead-letters.js';

/** First in every service's list of migrations. */
export const messagingMigrations = [
  CreateMessaging1763600000000,
  CreateUserData1768000000000,
  KeepExportPartsInTables1769500000000,
  FindReplayedDeadLetters1769700000001,
] as const;
