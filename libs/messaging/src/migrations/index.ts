import { CreateMessaging1763600000000 } from './1763600000000-create-messaging.js';
import { CreateUserData1768000000000 } from './1768000000000-create-user-data.js';

/** First in every service's list of migrations. */
export const messagingMigrations = [CreateMessaging1763600000000, CreateUserData1768000000000] as const;
