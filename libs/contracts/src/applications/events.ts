import { defineEvent } from '../define.js';
import { Closed, Nullable, StringEnum, Timestamp, Type, Uuid } from '../schema.js';

export const APPLICATION_STATUSES = [
  'saved',
  'applied',
  'interviewing',
  'offered',
  'accepted',
  'declined',
  'rejected',
  'withdrawn',
] as const;

const base = {
  user_id: Uuid(),
  application_id: Uuid(),
  posting_id: Uuid(),
  title: Type.String({ maxLength: 300 }),
  company: Type.String({ maxLength: 200 }),
};
const sample = {
  user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
  application_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d41',
  posting_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21',
  title: 'Backend Engineer',
  company: 'Northwind GmbH',
};

export const ApplicationCreatedV1 = defineEvent('applications', 'application.created', {
  summary: 'Somebody started to track an application.',
  data: Closed({ ...base, status: StringEnum(APPLICATION_STATUSES), occurred_at: Timestamp() }),
  sample: { ...sample, status: 'applied', occurred_at: '2026-11-20T10:00:00.000Z' },
});
export const ApplicationStatusChangedV1 = defineEvent('applications', 'application.status-changed', {
  summary: 'An application moved to another status. `sequence` grows with every change of one application.',
  data: Closed({
    ...base,
    from: StringEnum(APPLICATION_STATUSES),
    to: StringEnum(APPLICATION_STATUSES),
    sequence: Type.Integer({ minimum: 1 }),
    cause: StringEnum(['user', 'email', 'system']),
    occurred_at: Timestamp(),
  }),
  sample: {
    ...sample,
    from: 'applied',
    to: 'interviewing',
    sequence: 2,
    cause: 'user',
    occurred_at: '2026-11-20T10:00:00.000Z',
  },
});
export const ApplicationDeletedV1 = defineEvent('applications', 'application.deleted', {
  summary: 'An application was deleted by its owner.',
  data: Closed({ user_id: Uuid(), application_id: Uuid(), posting_id: Nullable(Uuid()) }),
  sample: { user_id: sample.user_id, application_id: sample.application_id, posting_id: sample.posting_id },
});
