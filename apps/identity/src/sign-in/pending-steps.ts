import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import type { Queryable, Tx } from '#persistence';
import { CLOCK, FieldCipher, type FieldPlace } from '#platform';

/**
 * `hand-over`: a page fetches the tokens; `link-start`, `link`: a linking begins, and is confirmed by its account;
 * `mfa`: the first factor was right.
 */
export type Step = 'hand-over' | 'link-start' | 'link' | 'mfa';

export interface PendingStep {
  userId: string;
  method: string;
  /** Tries so far, this one included. */
  tries: number;
  content: string | undefined;
}

interface Row {
  userId: string;
  method: string;
  contentSealed: string | null;
  tries: number;
  expiresAt: Date;
}

const COLUMNS = 'user_id AS "userId", method, content_sealed AS "contentSealed", tries, expires_at AS "expiresAt"';

/** Sign-ins that are proven but not finished: whoever holds the token may take the next step, soon and once. */
@Injectable()
export class PendingSteps {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly cipher: FieldCipher,
  ) {}

  /** `content` waits sealed: it may hold facts of a person. */
  async begin(
    tx: Tx,
    step: Step,
    wanted: { userId: string; method: string; content?: string; lifeMs: number },
  ): Promise<string> {
    const token = `ccst_${randomBytes(32).toString('base64url')}`;
    const expiresAt = new Date(this.clock.now().getTime() + wanted.lifeMs);
    const sealed = wanted.content === undefined ? null : this.cipher.encrypt(wanted.content, placeOf(wanted.userId));
    await tx.query(
      'pending-step.begin',
      `INSERT INTO pending_step (token_hash, user_id, step, method, content_sealed, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [hashOf(token), wanted.userId, step, wanted.method, sealed, expiresAt],
    );
    return token;
  }

  /** Uses the token up; undefined for one that is unknown, for another step, expired or used. */
  async take(tx: Tx, step: Step, token: string): Promise<PendingStep | undefined> {
    const rows = await tx.query<Row>(
      'pending-step.take',
      `DELETE FROM pending_step WHERE token_hash = $1 AND step = $2 RETURNING ${COLUMNS}`,
      [hashOf(token), step],
    );
    return this.opened(rows[0]);
  }

  /** Whose step it is, without taking it. */
  async ownerOf(db: Queryable, step: Step, token: string): Promise<string | undefined> {
    const [row] = await db.query<{ userId: string }>(
      'pending-step.owner',
      `SELECT user_id AS "userId" FROM pending_step WHERE token_hash = $1 AND step = $2 AND expires_at > $3`,
      [hashOf(token), step, this.clock.now()],
    );
    return row?.userId;
  }

  /** Counts one more try; undefined where `most` were made, or as `take`. Commit it whatever comes of the try. */
  async countTry(tx: Tx, step: Step, token: string, most: number): Promise<PendingStep | undefined> {
    const rows = await tx.query<Row>(
      'pending-step.try',
      `UPDATE pending_step SET tries = tries + 1 WHERE token_hash = $1 AND step = $2 AND tries < $3
       RETURNING ${COLUMNS}`,
      [hashOf(token), step, most],
    );
    return this.opened(rows[0]);
  }

  async drop(tx: Tx, token: string): Promise<void> {
    await tx.query('pending-step.drop-one', 'DELETE FROM pending_step WHERE token_hash = $1', [hashOf(token)]);
  }

  async dropAllOf(tx: Tx, userId: string): Promise<void> {
    await tx.query('pending-step.drop', 'DELETE FROM pending_step WHERE user_id = $1', [userId]);
  }

  private opened(row: Row | undefined): PendingStep | undefined {
    if (row === undefined || row.expiresAt <= this.clock.now()) return undefined;
    const { userId, method, tries, contentSealed } = row;
    const content = contentSealed === null ? undefined : this.cipher.decrypt(contentSealed, placeOf(userId));
    return { userId, method, tries, content };
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();
const placeOf = (owner: string): FieldPlace => ({ table: 'identity.pending_step', column: 'content_sealed', owner });
