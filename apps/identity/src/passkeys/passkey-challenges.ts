import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '#kernel';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';

export const CHALLENGE_MS = 5 * 60_000;

/** Who may answer a challenge: one session for a registration; nobody yet for a sign-in. */
export interface ChallengeOwner {
  userId: string | null;
  sessionId: string | null;
}
export const ANYBODY: ChallengeOwner = { userId: null, sessionId: null };

/** What authenticators sign. Kept here, not with the client, so that each is good once. */
@Injectable()
export class PasskeyChallenges {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async begin(tx: Tx, { userId, sessionId }: ChallengeOwner): Promise<Uint8Array<ArrayBuffer>> {
    const challenge = new Uint8Array(randomBytes(32));
    const expiresAt = new Date(this.clock.now().getTime() + CHALLENGE_MS);
    await tx.query(
      'passkey-challenge.begin',
      'INSERT INTO passkey_challenge (challenge_hash, user_id, session_id, expires_at) VALUES ($1, $2, $3, $4)',
      [hashOf(challenge), userId, sessionId, expiresAt],
    );
    return challenge;
  }

  /** Uses it up; false for one that is unknown, somebody else's, expired or used. */
  async take(tx: Tx, challenge: string, { userId, sessionId }: ChallengeOwner): Promise<boolean> {
    const rows = await tx.query<{ expiresAt: Date }>(
      'passkey-challenge.take',
      `DELETE FROM passkey_challenge
       WHERE challenge_hash = $1 AND user_id IS NOT DISTINCT FROM $2 AND session_id IS NOT DISTINCT FROM $3
       RETURNING expires_at AS "expiresAt"`,
      [hashOf(Buffer.from(challenge, 'base64url')), userId, sessionId],
    );
    return rows.some(({ expiresAt }) => expiresAt > this.clock.now());
  }
}

const hashOf = (challenge: Uint8Array): Buffer => createHash('sha256').update(challenge).digest();
