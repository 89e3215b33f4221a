import { defineEvent } from '../define.js';
import { Closed, StringEnum, Type, Uuid } from '../schema.js';

const base = {
  user_id: Uuid(),
  notification_id: Uuid(),
  type: Type.String({ maxLength: 60 }),
  channel: Type.String({ maxLength: 40 }),
};
const sample = {
  user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
  notification_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d61',
  type: 'job_match',
  channel: 'in_app',
};

export const NotificationDeliveredV1 = defineEvent('notifications', 'notification.delivered', {
  summary: 'A channel accepted a notification.',
  data: Closed(base),
  sample,
});
/** refused: the other side said no for good; expired: it came too late; gave-up: it never worked; incomplete: it lacked something. */
export const NOTIFICATION_FAILURES = ['refused', 'expired', 'gave-up', 'incomplete'] as const;
export const NotificationFailedV1 = defineEvent('notifications', 'notification.failed', {
  summary: 'A channel did not take a notification, and it will not be tried again.',
  data: Closed({ ...base, reason: StringEnum(NOTIFICATION_FAILURES) }),
  sample: { ...sample, type: 'verify_email', channel: 'email', reason: 'refused' },
});
export const NotificationReadV1 = defineEvent('notifications', 'notification.read', {
  summary: 'Somebody read a notification.',
  data: Closed({ user_id: Uuid(), notification_id: Uuid() }),
  sample: { user_id: sample.user_id, notification_id: sample.notification_id },
});
