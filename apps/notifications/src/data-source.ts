import { DELIVERY_CONTENT_PLACE } from '#contracts';
import { messagingMigrations } from '#messaging';
import type { ServiceSchema } from '#persistence';
import { NotificationEntity } from './inbox/notification.entity.js';
import { CreateNotifications1764000000000 } from './migrations/1764000000000-create-notifications.js';
import { CreateDeliveries1767000000000 } from './migrations/1767000000000-create-deliveries.js';
import { CreateWebhooks1769000000000 } from './migrations/1769000000000-create-webhooks.js';
import { CreateAccountAccess1769600000000 } from './migrations/1769600000000-create-account-access.js';
import { FindOldNotifications1769700000000 } from './migrations/1769700000000-find-old-notifications.js';
import { NumberNotifications1770000000000 } from './migrations/1770000000000-number-notifications.js';
import { notificationsUserData } from './user-data.js';

export const notificationsSchema: ServiceSchema = {
  service: 'notifications',
  entities: [NotificationEntity],
  migrations: [
    ...messagingMigrations,
    CreateNotifications1764000000000,
    CreateDeliveries1767000000000,
    CreateWebhooks1769000000000,
    CreateAccountAccess1769600000000,
    FindOldNotifications1769700000000,
    NumberNotifications1770000000000,
  ],
  sealed: [
    { table: 'webhook', column: 'secret', owner: 'id' },
    { table: 'webhook', column: 'previous_secret', owner: 'id' },
    { table: 'delivery', column: 'content', owner: 'id', boundTo: DELIVERY_CONTENT_PLACE.table },
    { table: 'local_mail', column: 'content', owner: 'id' },
  ],
  userData: notificationsUserData,
};
