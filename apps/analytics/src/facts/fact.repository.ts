import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';
import type { ActivityKind } from './fact.entities.js';

export interface ApplicationStep {
  applicationId: string;
  sequence: number;
  userId: string;
  postingId: string;
  status: string;
  cause: string;
  occurredAt: string;
}

/** Every write gives the same result whatever order and however often its event arrives. */
@Injectable()
export class FactRepository {
  async addActivity(
    tx: Tx,
    activity: { id: string; userId: string; kind: ActivityKind; postingId: string | null; occurredAt: string },
  ): Promise<void> {
    await tx.query(
      'facts.add-activity',
      `INSERT INTO activity (id, user_id, kind, posting_id, occurred_at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
      [activity.id, activity.userId, activity.kind, activity.postingId, activity.occurredAt],
    );
  }

  async addStep(tx: Tx, step: ApplicationStep): Promise<void> {
    await tx.query(
      'facts.add-step',
      `INSERT INTO application_step (application_id, sequence, user_id, posting_id, status, cause, occurred_at)
       SELECT $1, $2, $3, $4, $5, $6, $7
       WHERE NOT EXISTS (SELECT 1 FROM deleted_application WHERE application_id = $1)
       ON CONFLICT (application_id, sequence) DO NOTHING`,
      [step.applicationId, step.sequence, step.userId, step.postingId, step.status, step.cause, step.occurredAt],
    );
  }

  async forgetApplication(tx: Tx, userId: string, applicationId: string): Promise<void> {
    await tx.query(
      'facts.mark-deleted',
      'INSERT INTO deleted_application (application_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [applicationId, userId],
    );
    await tx.query('facts.delete-steps', 'DELETE FROM application_step WHERE application_id = $1', [applicationId]);
  }

  async setBookmark(tx: Tx, userId: string, postingId: string, kept: boolean, changedAt: string): Promise<void> {
    await tx.query(
      'facts.set-bookmark',
      `INSERT INTO bookmark (user_id, posting_id, kept, changed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (user_id, posting_id) DO UPDATE SET kept = excluded.kept, changed_at = excluded.changed_at
       WHERE bookmark.changed_at < excluded.changed_at`,
      [userId, postingId, kept, changedAt],
    );
  }
}
