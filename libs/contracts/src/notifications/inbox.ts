import { defineRpc } from '../define.js';
import { Closed, Empty, Nullable, Page, PageQuery, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';

export const NOTIFICATION_TYPES = [
  'job_match',
  'application_update',
  'connection_request',
  'message',
  'webhook_disabled',
  'api_key_ending',
] as const;
export const NOTIFICATION_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

export const Notification = Closed({
  id: Uuid(),
  type: StringEnum(NOTIFICATION_TYPES),
  priority: StringEnum(NOTIFICATION_PRIORITIES),
  title: Type.String(),
  message: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown(), { description: 'Ids to follow, e.g. `job_id`, `application_id`.' }),
  is_read: Type.Boolean(),
  created_at: Timestamp(),
  read_at: Nullable(Timestamp()),
});
export type Notification = Static<typeof Notification>;

export const listNotifications = defineRpc('notifications', 'notification.list', {
  request: Closed({
    ...PageQuery,
    unread: Type.Optional(Type.Boolean({ description: 'Only those not read yet.' })),
    type: Type.Optional(StringEnum(NOTIFICATION_TYPES)),
  }),
  response: Page('notifications', Notification),
});
/** For the live socket: what came after a number, in the order in which it came to be. */
export const listNotificationsAfter = defineRpc('notifications', 'notification.list-after', {
  request: Closed({ after: Type.Integer({ minimum: 0 }), limit: Type.Integer({ minimum: 0, maximum: 100 }) }),
  response: Closed({
    /** The newest number given out; 0 before the first. */
    last: Type.Integer({ minimum: 0 }),
    notifications: Type.Array(Closed({ sequence: Type.Integer({ minimum: 1 }), notification: Notification })),
  }),
});
export const countUnreadNotifications = defineRpc('notifications', 'notification.unread-count', {
  request: Empty,
  response: Closed({ unread_count: Type.Integer({ minimum: 0 }) }),
});
const ById = Closed({ notification_id: Uuid() });
export const readNotification = defineRpc('notifications', 'notification.read', {
  request: ById,
  response: Notification,
});
export const readAllNotifications = defineRpc('notifications', 'notification.read-all', {
  request: Empty,
  response: Closed({ updated: Type.Integer({ minimum: 0 }) }),
});
export const deleteNotification = defineRpc('notifications', 'notification.delete', { request: ById, response: Empty });
