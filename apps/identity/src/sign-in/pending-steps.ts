import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import type { Tx } from '#persistence';
import { CLOCK, FieldCipher, type FieldPlace } from '#platform';

/** `hand-over`: a page fetches the tokens; `link-start`, `link`: a linking begins, and is confirmed by its account. */
export type Step = 'hand-over' | 'link-start' | 'link';

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
    const now = this.clock.now();
    const sealed = wanted.content === undefined ? null : this.cipher.encrypt(wanted.content, placeOf(wanted.userId));
    await tx.query(
      'pending-step.begin',
      `INSERT INTO pending_step (token_hash, user_id, step, method, content_sealed, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [hashOf(token), wanted.userId, step, wanted.method, sealed, new Date(now.getTime() + wanted.lifeMs)],
    );
    await tx.query(
      'pending-step.sweep',
      `DELETE FROM pending_step WHERE token_hash IN (
         SELECT token_hash FROM pending_step WHERE expires_at <= $1 ORDER BY expires_at LIMIT 10
         FOR UPDATE SKIP LOCKED)`,
      [now],
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
