import { CreateMessaging1763600000000 } from './1763600000000-create-messaging.js';

/** First in every service's list of migrations. */
export const messagingMigrations = [CreateMessaging1763600000000] as const;
