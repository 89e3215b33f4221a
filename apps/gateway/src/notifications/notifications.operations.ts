import {
  Closed,
  countUnreadNotifications,
  listNotifications,
  Notification,
  readAllNotifications,
  Uuid,
} from '#contracts';
import { operation } from '../http/operation.js';

const tag = 'Notifications';
const ById = Closed({ id: Uuid({ description: 'Id of the notification.' }) });

export const listNotificationsOperation = operation({
  method: 'GET',
  path: '/notifications',
  operationId: 'listNotifications',
  tag,
  summary: 'List my notifications, newest first',
  feature: 'notifications',
  access: 'signed-in',
  scope: 'read:notifications',
  query: listNotifications.request,
  response: listNotifications.response,
  etag: true,
});

export const countUnreadNotificationsOperation = operation({
  method: 'GET',
  path: '/notifications/unread-count',
  operationId: 'countUnreadNotifications',
  tag,
  summary: 'How many of my notifications are unread',
  access: 'signed-in',
  scope: 'read:notifications',
  response: countUnreadNotifications.response,
});

export const readAllNotificationsOperation = operation({
  method: 'PUT',
  path: '/notifications/read-all',
  operationId: 'readAllNotifications',
  tag,
  summary: 'Mark all my notifications as read',
  access: 'signed-in',
  scope: 'write:notifications',
  response: readAllNotifications.response,
});

export const readNotificationOperation = operation({
  method: 'PUT',
  path: '/notifications/{id}/read',
  operationId: 'readNotification',
  tag,
  summary: 'Mark a notification as read',
  access: 'signed-in',
  scope: 'write:notifications',
  params: ById,
  response: Notification,
  errors: ['NOT_FOUND'],
});

export const deleteNotificationOperation = operation({
  method: 'DELETE',
  path: '/notifications/{id}',
  operationId: 'deleteNotification',
  tag,
  summary: 'Delete a notification',
  access: 'signed-in',
  scope: 'write:notifications',
  params: ById,
  status: 204,
  errors: ['NOT_FOUND'],
});
