import { Inject, Injectable } from '@nestjs/common';
import {
  type ApplicationResponse,
  ApplicationCreatedV1,
  ApplicationDeletedV1,
  ApplicationStatusChangedV1,
  type CreateApplicationRequest,
  createApplication,
  getPostingSnapshot,
  type ListApplicationsQuery,
  reopenApplication,
  type Static,
  type TimelineEntry,
  type UpdateApplicationRequest,
} from '#contracts';
import { AppError, type Clock, conflict, newId } from '#kernel';
import { Idempotency, Outbox, RpcClient, type RpcContext } from '#messaging';
import { isUniqueViolation, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { ApplicationEntity } from './application.entity.js';
import { ApplicationRepository } from './application.repository.js';
import { applyChanges, newApplication, occurrence, toResponse, toTimelineEntry } from './application.mapping.js';
import {
  type ApplicationStatus,
  assertTransition,
  isOpen,
  legalTransitions,
  readStatus,
} from './domain/application-status.js';

@Injectable()
export class TrackingService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly applications: ApplicationRepository,
    private readonly outbox: Outbox,
    private readonly rpc: RpcClient,
    private readonly idempotency: Idempotency,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(userId: string, request: CreateApplicationRequest, context: RpcContext): Promise<ApplicationResponse> {
    // Asked before the transaction opens: nothing outside the database is called while it is open.
    const posting = await this.rpc.call(getPostingSnapshot, { posting_id: request.job_id }, context);
    const { status, note } = readStatus(request.status ?? 'saved');
    if (!isOpen(status)) {
      throw new AppError({
        code: 'VALIDATION_ERROR',
        kind: 'invalid',
        message: 'An application starts in an open status.',
        details: [{ field: 'status', message: 'must be saved, applied, interviewing or offered when tracking begins' }],
      });
    }
    try {
      return await this.idempotency.run(createApplication, request, context, async (tx) => {
        const now = this.clock.now();
        const application = newApplication(userId, request, posting, status, now);
        await this.applications.insert(tx, application);
        await this.applications.addTimelineEntry(
          tx,
          occurrence(application, now, { kind: 'created', toStatus: status, note }),
        );
        await this.outbox.add(
          tx,
          ApplicationCreatedV1,
          { ...this.identify(application), status, occurred_at: now.toISOString() },
          { subject: application.id, requestId: context.requestId },
        );
        return toResponse(application, legalTransitions(status));
      });
    } catch (error) {
      if (isUniqueViolation(error, 'application_user_posting')) {
        throw conflict('APPLICATION_ALREADY_EXISTS', 'You already track an application for this job.');
      }
      throw error;
    }
  }

  async get(userId: string, id: string): Promise<ApplicationResponse> {
    const application = await this.applications.getOwned(userId, id);
    return toResponse(application, legalTransitions(application.status));
  }

  async list(userId: string, query: ListApplicationsQuery) {
    const { total, items } = await this.applications.list(userId, query);
    const perPage = query.per_page ?? 20;
    return {
      total,
      page: query.page ?? 1,
      per_page: perPage,
      total_pages: Math.ceil(total / perPage),
      applications: items.map((item) => toResponse(item, legalTransitions(item.status))),
    };
  }

  update(
    userId: string,
    id: string,
    changes: UpdateApplicationRequest,
    context: RpcContext,
  ): Promise<ApplicationResponse> {
    return this.unitOfWork.run(async (tx) => {
      const application = await this.applications.getOwnedForUpdate(tx, userId, id);
      assertVersion(application, changes.version);
      const now = this.clock.now();
      const wanted = changes.status === undefined ? null : readStatus(changes.status);
      const changedFields = applyChanges(application, changes);
      const moves = wanted !== null && wanted.status !== application.status;
      if (!moves && changedFields.length === 0) return toResponse(application, legalTransitions(application.status));
      const from = application.status;
      if (moves) {
        assertTransition(from, wanted.status);
        application.status = wanted.status;
        if (wanted.status === 'applied') application.appliedDate ??= now.toISOString().slice(0, 10);
      }
      await this.storeChange(tx, application, now);
      const note = changes.status_note ?? wanted?.note ?? null;
      if (moves) await this.tellStatusChange(tx, application, from, note, changedFields, now, context);
      else
        await this.applications.addTimelineEntry(
          tx,
          occurrence(application, now, { kind: 'updated', changedFields, note }),
        );
      return toResponse(application, legalTransitions(application.status));
    });
  }

  /** Back into the pipeline: to `applied` when it ever was applied, else to `saved`. */
  async reopen(userId: string, id: string, context: RpcContext): Promise<ApplicationResponse> {
    return this.idempotency.run(reopenApplication, { application_id: id }, context, async (tx) => {
      const application = await this.applications.getOwnedForUpdate(tx, userId, id);
      if (isOpen(application.status)) {
        throw conflict(
          'ILLEGAL_TRANSITION',
          `The application is open ('${application.status}'); only a closed one can be reopened.`,
          {
            legal_transitions: legalTransitions(application.status),
          },
        );
      }
      const now = this.clock.now();
      const from = application.status;
      application.status = application.appliedDate === null ? 'saved' : 'applied';
      await this.storeChange(tx, application, now);
      await this.tellStatusChange(tx, application, from, null, [], now, context, 'reopened');
      return toResponse(application, legalTransitions(application.status));
    });
  }

  delete(userId: string, id: string, context: RpcContext): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const application = await this.applications.getOwnedForUpdate(tx, userId, id);
      await this.applications.delete(tx, application.id);
      await this.outbox.add(
        tx,
        ApplicationDeletedV1,
        { user_id: userId, application_id: application.id, posting_id: application.postingId },
        { subject: application.id, requestId: context.requestId },
      );
    });
  }

  async timeline(userId: string, id: string): Promise<{ application_id: string; timeline: TimelineEntry[] }> {
    await this.applications.getOwned(userId, id);
    const entries = await this.applications.timelineOf(id);
    return { application_id: id, timeline: entries.map(toTimelineEntry) };
  }

  async stats(userId: string) {
    const row = await this.applications.stats(userId, this.clock.now().toISOString().slice(0, 10));
    const counts = Object.entries(row.by_status) as [ApplicationStatus, number][];
    return {
      total: counts.reduce((sum, [, n]) => sum + n, 0),
      by_status: row.by_status,
      open: counts.filter(([status]) => isOpen(status)).reduce((sum, [, n]) => sum + n, 0),
      applied_last_7_days: row.applied_last_7_days,
      follow_ups_due: row.follow_ups_due,
    };
  }

  private async storeChange(tx: Tx, application: ApplicationEntity, now: Date): Promise<void> {
    application.version += 1;
    application.updatedAt = now;
    await this.applications.save(tx, application);
  }

  private async tellStatusChange(
    tx: Tx,
    application: ApplicationEntity,
    from: ApplicationStatus,
    note: string | null,
    changedFields: string[],
    now: Date,
    context: RpcContext,
    kind: 'status_changed' | 'reopened' = 'status_changed',
  ): Promise<void> {
    await this.applications.addTimelineEntry(
      tx,
      occurrence(application, now, { kind, fromStatus: from, toStatus: application.status, changedFields, note }),
    );
    await this.outbox.add(
      tx,
      ApplicationStatusChangedV1,
      {
        ...this.identify(application),
        from,
        to: application.status,
        sequence: application.version,
        cause: 'user',
        occurred_at: now.toISOString(),
      },
      { subject: application.id, requestId: context.requestId, id: newId() },
    );
  }

  private identify(
    application: ApplicationEntity,
  ): Omit<Static<typeof ApplicationCreatedV1.data>, 'status' | 'occurred_at'> {
    return {
      user_id: application.userId,
      application_id: application.id,
      posting_id: application.postingId,
      title: application.jobTitle,
      company: application.jobCompany,
    };
  }
}

function assertVersion(application: ApplicationEntity, version: number | undefined): void {
  if (version === undefined || version === application.version) return;
  throw new AppError({
    code: 'STALE_VERSION',
    kind: 'conflict',
    message: `The application changed since you read version ${version}; it is at version ${application.version} now.`,
    details: [{ field: 'version', message: `must be ${application.version}, the current version` }],
    extra: { current_version: application.version },
  });
}
