import { Injectable } from '@nestjs/common';
import type { EXPORT_STATUSES, ServiceName } from '#contracts';
import type { Queryable, Tx } from '#persistence';

export type ExportStatus = (typeof EXPORT_STATUSES)[number];

export interface ExportRow {
  id: string;
  userId: string;
  status: ExportStatus;
  requestedAt: Date;
  readyAt: Date | null;
  expiresAt: Date | null;
  fileId: string | null;
  bytes: number | null;
  asked: number;
  nextAskAt: Date | null;
}

export interface ExportAnswer {
  service: ServiceName;
  answeredAt: Date;
  records: number;
  files: number;
}

const COLUMNS = `id, user_id AS "userId", status, requested_at AS "requestedAt", ready_at AS "readyAt",
  expires_at AS "expiresAt", file_id AS "fileId", bytes::float8 AS bytes, asked,
  next_ask_at AS "nextAskAt"`;
const OPEN = `status IN ('collecting', 'assembling')`;

@Injectable()
export class ExportRepository {
  async insert(tx: Tx, id: string, userId: string, now: Date): Promise<void> {
    await tx.query(
      'export.insert',
      `INSERT INTO data_export (id, user_id, status, requested_at) VALUES ($1, $2, 'collecting', $3)`,
      [id, userId, now],
    );
  }

  async find(db: Queryable, id: string): Promise<ExportRow | undefined> {
    const [row] = await db.query<ExportRow>('export.find', `SELECT ${COLUMNS} FROM data_export WHERE id = $1`, [id]);
    return row;
  }

  async findOpen(db: Queryable, userId: string): Promise<ExportRow | undefined> {
    const [row] = await db.query<ExportRow>(
      'export.find-open',
      `SELECT ${COLUMNS} FROM data_export WHERE user_id = $1 AND ${OPEN}`,
      [userId],
    );
    return row;
  }

  /** Times of requests since `since`, oldest first. */
  async requestedSince(db: Queryable, userId: string, since: Date): Promise<Date[]> {
    const rows = await db.query<{ at: Date }>(
      'export.requested-since',
      `SELECT requested_at AS at FROM data_export WHERE user_id = $1 AND requested_at > $2 ORDER BY requested_at`,
      [userId, since],
    );
    return rows.map(({ at }) => at);
  }

  async lock(tx: Tx, id: string): Promise<ExportRow | undefined> {
    const [row] = await tx.query<ExportRow>(
      'export.lock',
      `SELECT ${COLUMNS} FROM data_export WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row;
  }

  async dueToAsk(db: Queryable, now: Date): Promise<ExportRow[]> {
    return db.query(
      'export.due-to-ask',
      `SELECT ${COLUMNS} FROM data_export WHERE ${OPEN} AND next_ask_at <= $1 ORDER BY next_ask_at LIMIT 100`,
      [now],
    );
  }

  async expired(db: Queryable, now: Date): Promise<ExportRow[]> {
    return db.query(
      'export.expired',
      `SELECT ${COLUMNS} FROM data_export WHERE status = 'ready' AND expires_at <= $1 ORDER BY expires_at LIMIT 100`,
      [now],
    );
  }

  async knownFiles(db: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await db.query<{ id: string }>(
      'export.known-files',
      'SELECT file_id AS id FROM data_export WHERE file_id = ANY ($1::text[])',
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async askedAgain(tx: Tx, id: string, nextAskAt: Date): Promise<void> {
    await tx.query('export.asked', 'UPDATE data_export SET asked = asked + 1, next_ask_at = $2 WHERE id = $1', [
      id,
      nextAskAt,
    ]);
  }

  async setStatus(tx: Tx, id: string, status: ExportStatus): Promise<void> {
    await tx.query(
      'export.status',
      `UPDATE data_export SET status = $2, file_id = NULL, next_ask_at = CASE WHEN $2 IN ('collecting', 'assembling')
         THEN next_ask_at END WHERE id = $1`,
      [id, status],
    );
  }

  /** Before the first byte is written, so that a file whose writer dies is known by its row. */
  async assemblesInto(tx: Tx, id: string, fileId: string, nextAskAt: Date): Promise<void> {
    await tx.query('export.assembles', 'UPDATE data_export SET file_id = $2, next_ask_at = $3 WHERE id = $1', [
      id,
      fileId,
      nextAskAt,
    ]);
  }

  async ready(tx: Tx, id: string, bytes: number, now: Date, expiresAt: Date): Promise<void> {
    await tx.query(
      'export.ready',
      `UPDATE data_export SET status = 'ready', bytes = $2, ready_at = $3, expires_at = $4, next_ask_at = NULL
       WHERE id = $1`,
      [id, bytes, now, expiresAt],
    );
  }

  async storeAnswer(tx: Tx, id: string, answer: ExportAnswer): Promise<void> {
    await tx.query(
      'export.answer',
      `INSERT INTO data_export_answer (export_id, service, answered_at, records, files) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (export_id, service) DO UPDATE SET records = excluded.records, files = excluded.files`,
      [id, answer.service, answer.answeredAt, answer.records, answer.files],
    );
  }

  async forgetAnswer(tx: Tx, id: string, service: ServiceName): Promise<void> {
    await tx.query('export.forget-answer', 'DELETE FROM data_export_answer WHERE export_id = $1 AND service = $2', [
      id,
      service,
    ]);
  }

  async answers(db: Queryable, id: string): Promise<ExportAnswer[]> {
    return db.query(
      'export.answers',
      `SELECT service, answered_at AS "answeredAt", records, files FROM data_export_answer WHERE export_id = $1`,
      [id],
    );
  }
}
