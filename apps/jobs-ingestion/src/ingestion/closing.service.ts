import { Inject, Injectable } from '@nestjs/common';
import { PostingClosedV1 } from '#contracts';
import type { Clock } from '#kernel';
import { Outbox } from '#messaging';
import { UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';

/** Per transaction: an event each, and no long lock. */
const BATCH = 500;

/** Takes postings off the list whose source said until when they are open. */
@Injectable()
export class ClosingService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async closeExpired(): Promise<number> {
    for (let closed = 0; ;) {
      const batch = await this.closeBatch();
      closed += batch;
      if (batch < BATCH) return closed;
    }
  }

  private closeBatch(): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const rows = await tx.query<{ id: string }>(
        'ingestion.close-expired',
        // SKIP LOCKED: a posting that is just seen again decides about itself.
        `UPDATE posting SET closed_at = $1, close_reason = 'expired', updated_at = $1, version = version + 1
         WHERE id IN (SELECT id FROM posting WHERE closed_at IS NULL AND expires_at <= $1
                      ORDER BY expires_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
         RETURNING id`,
        [this.clock.now()],
      );
      await this.outbox.addMany(
        tx,
        PostingClosedV1,
        rows.map(({ id }) => ({ data: { posting_id: id, reason: 'expired' as const }, subject: id })),
      );
      return rows.length;
    });
  }
}
