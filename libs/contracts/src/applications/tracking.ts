import { defineRpc } from '../define.js';
import {
  CalendarDate,
  Closed,
  Empty,
  Line,
  Nullable,
  Page,
  PageQuery,
  type Static,
  StringEnum,
  Text,
  Timestamp,
  Type,
  Uuid,
} from '../schema.js';
import { APPLICATION_STATUSES } from './events.js';

/** Status words a client may send; `reviewing` (an earlier system's word) is kept as `applied` with a note. */
export const APPLICATION_STATUS_INPUTS = [...APPLICATION_STATUSES, 'reviewing', 'interview'] as const;

const applicationFields = {
  applied_date: Type.Optional(
    Nullable(CalendarDate({ description: 'Day of the application; today when it becomes `applied`.' })),
  ),
  notes: Type.Optional(Nullable(Text(10_000))),
  resume_id: Type.Optional(Nullable(Uuid())),
  resume_version: Type.Optional(
    Nullable(Line(1, 200, { description: 'Name of the resume that was sent, e.g. a file name.' })),
  ),
  cover_letter: Type.Optional(Nullable(Text(20_000))),
  salary_expectation: Type.Optional(Nullable(Type.Number({ minimum: 0, maximum: 10_000_000 }))),
  follow_up_date: Type.Optional(Nullable(CalendarDate())),
};

export const CreateApplicationRequest = Closed({
  job_id: Uuid(),
  status: Type.Optional(StringEnum(APPLICATION_STATUS_INPUTS, { default: 'saved' })),
  ...applicationFields,
});
export type CreateApplicationRequest = Static<typeof CreateApplicationRequest>;

export const UpdateApplicationRequest = Closed({
  status: Type.Optional(StringEnum(APPLICATION_STATUS_INPUTS)),
  status_note: Type.Optional(Line(1, 500, { description: 'Why it moved; kept in the timeline.' })),
  version: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'The version you read; a newer one on the server answers 409 STALE_VERSION.',
    }),
  ),
  ...applicationFields,
});
export type UpdateApplicationRequest = Static<typeof UpdateApplicationRequest>;

export const ApplicationResponse = Closed({
  id: Uuid(),
  job_id: Uuid(),
  user_id: Uuid(),
  status: StringEnum(APPLICATION_STATUSES),
  legal_transitions: Type.Array(StringEnum(APPLICATION_STATUSES), { description: 'Where it may move from here.' }),
  applied_date: Nullable(CalendarDate()),
  notes: Nullable(Type.String()),
  resume_id: Nullable(Uuid()),
  resume_version: Nullable(Type.String()),
  cover_letter: Nullable(Type.String()),
  salary_expectation: Nullable(Type.Number()),
  follow_up_date: Nullable(CalendarDate()),
  version: Type.Integer(),
  created_at: Timestamp(),
  updated_at: Timestamp(),
  job: Closed(
    { title: Type.String(), company: Type.String(), location: Nullable(Type.String()), url: Nullable(Type.String()) },
    { description: 'The posting as it was when tracking began; it stays when the posting is gone.' },
  ),
});
export type ApplicationResponse = Static<typeof ApplicationResponse>;

export const ListApplicationsQuery = Closed({
  ...PageQuery,
  status: Type.Optional(Type.Array(StringEnum(APPLICATION_STATUSES), { maxItems: 8 })),
  from_date: Type.Optional(CalendarDate()),
  to_date: Type.Optional(CalendarDate()),
  q: Type.Optional(Line(1, 200, { description: 'Part of title, company or notes.' })),
  sort_by: Type.Optional(
    StringEnum(['created_at', 'updated_at', 'applied_date', 'company'], { default: 'updated_at' }),
  ),
  sort_order: Type.Optional(StringEnum(['asc', 'desc'], { default: 'desc' })),
});
export type ListApplicationsQuery = Static<typeof ListApplicationsQuery>;

export const TIMELINE_KINDS = ['created', 'status_changed', 'updated', 'reopened'] as const;
export const TimelineEntry = Closed({
  id: Uuid(),
  kind: StringEnum(TIMELINE_KINDS),
  from_status: Nullable(StringEnum(APPLICATION_STATUSES)),
  to_status: Nullable(StringEnum(APPLICATION_STATUSES)),
  changed_fields: Type.Array(Type.String()),
  note: Nullable(Type.String()),
  cause: StringEnum(['user', 'email', 'system']),
  occurred_at: Timestamp(),
});
export type TimelineEntry = Static<typeof TimelineEntry>;

const ById = Closed({ application_id: Uuid() });

export const createApplication = defineRpc('applications', 'application.create', {
  request: CreateApplicationRequest,
  response: ApplicationResponse,
  idempotent: true,
});
export const listApplications = defineRpc('applications', 'application.list', {
  request: ListApplicationsQuery,
  response: Page('applications', ApplicationResponse),
});
export const getApplication = defineRpc('applications', 'application.get', {
  request: ById,
  response: ApplicationResponse,
});
export const updateApplication = defineRpc('applications', 'application.update', {
  request: Closed({ application_id: Uuid(), changes: UpdateApplicationRequest }),
  response: ApplicationResponse,
});
export const deleteApplication = defineRpc('applications', 'application.delete', { request: ById, response: Empty });
export const reopenApplication = defineRpc('applications', 'application.reopen', {
  request: ById,
  response: ApplicationResponse,
  idempotent: true,
});
export const getApplicationTimeline = defineRpc('applications', 'application.timeline', {
  request: ById,
  response: Closed({ application_id: Uuid(), timeline: Type.Array(TimelineEntry) }),
});
export const getApplicationStats = defineRpc('applications', 'application.stats', {
  request: Empty,
  response: Closed({
    total: Type.Integer(),
    by_status: Type.Record(Type.String(), Type.Integer()),
    open: Type.Integer(),
    applied_last_7_days: Type.Integer(),
    follow_ups_due: Type.Integer(),
  }),
});
