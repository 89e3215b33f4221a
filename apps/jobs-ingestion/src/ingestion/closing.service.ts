import { Inject, Injectable } from '@nestjs/common';
import { PostingClosedV1 } from '#contracts';
import type { Clock } from '#kernel';
import { Outbox } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';

/** Per transaction: an event each, and no long lock. */
const BATCH = 500;

/**
 * A source that never shows its whole list says nothing by not showing a posting again; after this long it does not
 * keep one open either.
 */
export const SPEAKS_FOR_DAYS = 14;

/** A board as one answer showed it, whole. */
export interface WholeBoard {
  source: string;
  board: string;
  runId: string;
  /** Nothing on it at all, which is also how a board looks that is being moved. */
  isEmpty: boolean;
}

/** Takes postings off the list that have run out, or that no source lists any more. */
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

  /**
   * Closes what the board does not list any more and no other source still shows. Only for boards that were read whole
   * in this run. From an empty board only what was missing before as well. Answers how many it closed.
   */
  async closeGone(tx: Tx, { source, board, runId, isEmpty }: WholeBoard, requestId?: string): Promise<number> {
    const now = this.clock.now();
    const gone = await tx.query<{ id: string }>(
      'ingestion.gone-sightings',
      `WITH missing AS (
         SELECT source_id, posting_id, gone_at FROM sighting
         WHERE source = $1 AND board = $2 AND last_run_id IS DISTINCT FROM $3::uuid
         ORDER BY source_id FOR UPDATE),
       marked AS (
         UPDATE sighting s SET gone_at = coalesce(s.gone_at, $4::timestamptz)
         FROM missing m WHERE s.source = $1 AND s.source_id = m.source_id)
       SELECT DISTINCT posting_id AS id FROM missing WHERE NOT $5::boolean OR gone_at IS NOT NULL`,
      [source, board, runId, now, isEmpty],
    );
    if (gone.length === 0) return 0;
    const closed = await tx.query<{ id: string }>(
      'ingestion.close-gone',
      `UPDATE posting p SET closed_at = $2, close_reason = 'gone', updated_at = $2, version = version + 1
       WHERE p.id = ANY ($1::uuid[]) AND p.closed_at IS NULL AND NOT EXISTS (
         SELECT 1 FROM sighting s WHERE s.posting_id = p.id AND s.gone_at IS NULL
           AND (s.board IS NOT NULL OR s.last_seen_at > $2::timestamptz - interval '${SPEAKS_FOR_DAYS} days'))
       RETURNING p.id`,
      [gone.map(({ id }) => id), now],
    );
    await this.tell(tx, closed, 'gone', requestId);
    return closed.length;
  }

  /** A board that answered "as before": everything it listed is listed still. */
  async seenUnchanged(tx: Tx, source: string, board: string): Promise<void> {
    await tx.query(
      'ingestion.touch-board',
      'UPDATE sighting SET last_seen_at = $3 WHERE source = $1 AND board = $2 AND gone_at IS NULL',
      [source, board, this.clock.now()],
    );
  }

  private async tell(
    tx: Tx,
    closed: readonly { id: string }[],
    reason: 'expired' | 'gone',
    requestId?: string,
  ): Promise<void> {
    await this.outbox.addMany(
      tx,
      PostingClosedV1,
      closed.map(({ id }) => ({ data: { posting_id: id, reason }, subject: id, requestId })),
    );
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
      await this.tell(tx, rows, 'expired');
      return rows.length;
    });
  }
}
