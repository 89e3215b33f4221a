import { messagingMigrations } from '#messaging';
import type { ServiceSchema } from '#persistence';
import { NotificationEntity } from './inbox/notification.entity.js';
import { CreateNotifications1764000000000 } from './migrations/1764000000000-create-notifications.js';
import { CreateDeliveries1767000000000 } from './migrations/1767000000000-create-deliveries.js';
import { notificationsUserData } from './user-data.js';

export const notificationsSchema: ServiceSchema = {
  service: 'notifications',
  entities: [NotificationEntity],
  migrations: [...messagingMigrations, CreateNotifications1764000000000, CreateDeliveries1767000000000],
  userData: notificationsUserData,
};
