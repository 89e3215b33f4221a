import { Injectable } from '@nestjs/common';
import type { ERASURE_STATUSES, ErasedTable, ServiceName } from '#contracts';
import type { Queryable, Tx } from '#persistence';

export type ErasureStatus = (typeof ERASURE_STATUSES)[number];

export interface ErasureRow {
  id: string;
  userId: string;
  status: ErasureStatus;
  requestedAt: Date;
  dueAt: Date;
  completedAt: Date | null;
  certificateHash: Buffer;
  wasBlocked: boolean;
  sealedContact: string | null;
  asked: number;
  nextAskAt: Date | null;
}

export interface ErasureAnswer {
  service: ServiceName;
  answeredAt: Date;
  tables: ErasedTable[];
  files: number;
}

const COLUMNS = `id, user_id AS "userId", status, requested_at AS "requestedAt", due_at AS "dueAt",
  completed_at AS "completedAt", certificate_hash AS "certificateHash", was_blocked AS "wasBlocked",
  sealed_contact AS "sealedContact", asked, next_ask_at AS "nextAskAt"`;

@Injectable()
export class ErasureRepository {
  /** False when one is open already. */
  async insert(
    tx: Tx,
    row: Omit<ErasureRow, 'status' | 'completedAt' | 'asked' | 'nextAskAt'> & { undoHash: Buffer },
  ): Promise<boolean> {
    const rows = await tx.query(
      'erasure.insert',
      `INSERT INTO erasure
         (id, user_id, status, requested_at, due_at, undo_hash, certificate_hash, was_blocked, sealed_contact)
       VALUES ($1, $2, 'scheduled', $3, $4, $5, $6, $7, $8)
       ON CONFLICT (user_id) WHERE status IN ('scheduled', 'running') DO NOTHING RETURNING id`,
      [
        row.id,
        row.userId,
        row.requestedAt,
        row.dueAt,
        row.undoHash,
        row.certificateHash,
        row.wasBlocked,
        row.sealedContact,
      ],
    );
    return rows.length > 0;
  }

  async find(db: Queryable, id: string): Promise<ErasureRow | undefined> {
    const [row] = await db.query<ErasureRow>('erasure.find', `SELECT ${COLUMNS} FROM erasure WHERE id = $1`, [id]);
    return row;
  }

  async findOpen(db: Queryable, userId: string): Promise<ErasureRow | undefined> {
    const [row] = await db.query<ErasureRow>(
      'erasure.find-open',
      `SELECT ${COLUMNS} FROM erasure WHERE user_id = $1 AND status IN ('scheduled', 'running')`,
      [userId],
    );
    return row;
  }

  async findByUndoHash(db: Queryable, hash: Buffer): Promise<ErasureRow | undefined> {
    const [row] = await db.query<ErasureRow>(
      'erasure.find-by-undo',
      `SELECT ${COLUMNS} FROM erasure WHERE undo_hash = $1 AND status IN ('scheduled', 'running')`,
      [hash],
    );
    return row;
  }

  /** The account is locked before, where there still is one: always in this order. */
  async lock(tx: Tx, id: string): Promise<ErasureRow | undefined> {
    const [row] = await tx.query<ErasureRow>(
      'erasure.lock',
      `SELECT ${COLUMNS} FROM erasure WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row;
  }

  async dueToBegin(db: Queryable, now: Date): Promise<ErasureRow[]> {
    return db.query(
      'erasure.due',
      `SELECT ${COLUMNS} FROM erasure WHERE status = 'scheduled' AND due_at <= $1 ORDER BY due_at LIMIT 100`,
      [now],
    );
  }

  async dueToAsk(db: Queryable, now: Date): Promise<ErasureRow[]> {
    return db.query(
      'erasure.due-to-ask',
      `SELECT ${COLUMNS} FROM erasure WHERE status = 'running' AND next_ask_at <= $1 ORDER BY next_ask_at LIMIT 100`,
      [now],
    );
  }

  async begin(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.query('erasure.begin', `UPDATE erasure SET status = 'running', started_at = $2 WHERE id = $1`, [id, now]);
  }

  async askedAgain(tx: Tx, id: string, nextAskAt: Date): Promise<void> {
    await tx.query('erasure.asked', 'UPDATE erasure SET asked = asked + 1, next_ask_at = $2 WHERE id = $1', [
      id,
      nextAskAt,
    ]);
  }

  /** Nothing by which the person could be reached stays in it. */
  async end(tx: Tx, id: string, status: 'completed' | 'undone', now: Date): Promise<void> {
    await tx.query(
      'erasure.end',
      `UPDATE erasure SET status = $2, completed_at = CASE WHEN $2 = 'completed' THEN $3::timestamptz END,
         sealed_contact = NULL, next_ask_at = NULL WHERE id = $1`,
      [id, status, now],
    );
  }

  /** The newest answer counts: a service that is asked again adds up what it erased. */
  async storeAnswer(tx: Tx, id: string, answer: ErasureAnswer): Promise<void> {
    await tx.query(
      'erasure.answer',
      `INSERT INTO erasure_answer (erasure_id, service, answered_at, tables, files) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (erasure_id, service) DO UPDATE SET tables = excluded.tables, files = excluded.files`,
      [id, answer.service, answer.answeredAt, JSON.stringify(answer.tables), answer.files],
    );
  }

  async answers(db: Queryable, id: string): Promise<ErasureAnswer[]> {
    return db.query(
      'erasure.answers',
      `SELECT service, answered_at AS "answeredAt", tables, files FROM erasure_answer WHERE erasure_id = $1`,
      [id],
    );
  }
}
