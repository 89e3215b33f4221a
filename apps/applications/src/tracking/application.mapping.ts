import type {
  ApplicationResponse,
  CreateApplicationRequest,
  getPostingSnapshot,
  Static,
  TimelineEntry,
  UpdateApplicationRequest,
} from '#contracts';
import { newId } from '#kernel';
import { ApplicationEntity } from './application.entity.js';
import type { ApplicationStatus } from './domain/application-status.js';
import { TimelineEntryEntity } from './timeline-entry.entity.js';

type PostingSnapshot = Static<typeof getPostingSnapshot.response>;

/** Wire names of the plain fields and the columns they live in. */
const PLAIN_FIELDS = {
  applied_date: 'appliedDate',
  notes: 'notes',
  resume_id: 'resumeId',
  resume_version: 'resumeVersion',
  cover_letter: 'coverLetter',
  follow_up_date: 'followUpDate',
} as const;

const amount = (value: number | null): string | null => (value === null ? null : value.toFixed(2));

export function newApplication(
  userId: string,
  request: CreateApplicationRequest,
  posting: PostingSnapshot,
  status: ApplicationStatus,
  now: Date,
): ApplicationEntity {
  return Object.assign(new ApplicationEntity(), {
    id: newId(),
    userId,
    postingId: posting.posting_id,
    status,
    // Only a status from `applied` on says that it was sent; the day is then today unless told.
    appliedDate: request.applied_date ?? (status === 'saved' ? null : now.toISOString().slice(0, 10)),
    notes: request.notes ?? null,
    resumeId: request.resume_id ?? null,
    resumeVersion: request.resume_version ?? null,
    coverLetter: request.cover_letter ?? null,
    salaryExpectation: amount(request.salary_expectation ?? null),
    followUpDate: request.follow_up_date ?? null,
    jobTitle: posting.title,
    jobCompany: posting.company,
    jobLocation: posting.location,
    jobUrl: posting.url,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
}

/** Writes what differs and answers the wire names of what did. Absent stays, null clears. */
export function applyChanges(application: ApplicationEntity, changes: UpdateApplicationRequest): string[] {
  const changed: string[] = [];
  for (const [wire, column] of Object.entries(PLAIN_FIELDS) as [
    keyof typeof PLAIN_FIELDS,
    (typeof PLAIN_FIELDS)[keyof typeof PLAIN_FIELDS],
  ][]) {
    const value = changes[wire];
    if (value === undefined || value === application[column]) continue;
    application[column] = value;
    changed.push(wire);
  }
  if (changes.salary_expectation !== undefined) {
    const value = amount(changes.salary_expectation);
    if (value !== application.salaryExpectation) {
      application.salaryExpectation = value;
      changed.push('salary_expectation');
    }
  }
  return changed;
}

export function occurrence(
  application: ApplicationEntity,
  now: Date,
  what: Pick<TimelineEntryEntity, 'kind'> & Partial<TimelineEntryEntity>,
): TimelineEntryEntity {
  return Object.assign(
    new TimelineEntryEntity(),
    {
      id: newId(),
      applicationId: application.id,
      userId: application.userId,
      fromStatus: null,
      toStatus: null,
      changedFields: [],
      note: null,
      cause: 'user' as const,
      occurredAt: now,
    },
    what,
  );
}

export function toResponse(application: ApplicationEntity, legal: readonly ApplicationStatus[]): ApplicationResponse {
  return {
    id: application.id,
    job_id: application.postingId,
    user_id: application.userId,
    status: application.status,
    legal_transitions: [...legal],
    applied_date: application.appliedDate,
    notes: application.notes,
    resume_id: application.resumeId,
    resume_version: application.resumeVersion,
    cover_letter: application.coverLetter,
    salary_expectation: application.salaryExpectation === null ? null : Number(application.salaryExpectation),
    follow_up_date: application.followUpDate,
    version: application.version,
    created_at: application.createdAt.toISOString(),
    updated_at: application.updatedAt.toISOString(),
    job: {
      title: application.jobTitle,
      company: application.jobCompany,
      location: application.jobLocation,
      url: application.jobUrl,
    },
  };
}

export function toTimelineEntry(entry: TimelineEntryEntity): TimelineEntry {
  return {
    id: entry.id,
    kind: entry.kind,
    from_status: entry.fromStatus,
    to_status: entry.toStatus,
    changed_fields: entry.changedFields,
    note: entry.note,
    cause: entry.cause,
    occurred_at: entry.occurredAt.toISOString(),
  };
}
