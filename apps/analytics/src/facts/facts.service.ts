import { Injectable } from '@nestjs/common';
import { CountsCache } from '../summary/counts-cache.js';
import { afterCommit, type Tx } from '#persistence';
import type { ActivityKind } from './fact.entities.js';
import { FactRepository } from './fact.repository.js';

/** Turns events into facts, and drops what was cached about the person once they are committed. */
@Injectable()
export class FactsService {
  constructor(
    private readonly facts: FactRepository,
    private readonly cache: CountsCache,
  ) {}

  async recordActivity(
    tx: Tx,
    kind: ActivityKind,
    id: string,
    userId: string,
    postingId: string | null,
    occurredAt: string,
  ) {
    await this.facts.addActivity(tx, { id, userId, kind, postingId, occurredAt });
    this.forgetCached(tx, userId);
  }

  async recordBookmark(tx: Tx, userId: string, postingId: string, kept: boolean, changedAt: string): Promise<void> {
    await this.facts.setBookmark(tx, userId, postingId, kept, changedAt);
    this.forgetCached(tx, userId);
  }

  async recordStep(
    tx: Tx,
    step: {
      application_id: string;
      user_id: string;
      posting_id: string;
      sequence: number;
      status: string;
      cause: string;
      occurred_at: string;
    },
  ): Promise<void> {
    await this.facts.addStep(tx, {
      applicationId: step.application_id,
      sequence: step.sequence,
      userId: step.user_id,
      postingId: step.posting_id,
      status: step.status,
      cause: step.cause,
      occurredAt: step.occurred_at,
    });
    this.forgetCached(tx, step.user_id);
  }

  async forgetApplication(tx: Tx, userId: string, applicationId: string): Promise<void> {
    await this.facts.forgetApplication(tx, userId, applicationId);
    this.forgetCached(tx, userId);
  }

  private forgetCached(tx: Tx, userId: string): void {
    afterCommit(tx, () => this.cache.invalidatePrefix(userId));
  }
}
