import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';

export interface FoundMatch {
  userId: string;
  postingId: string;
  title: string;
  company: string;
  score: number;
}

@Injectable()
export class UserMatchRepository {
  /** Answers those that are new: nobody hears of the same posting twice, whatever found it. */
  async insertNew(tx: Tx, matches: readonly FoundMatch[], now: Date): Promise<FoundMatch[]> {
    if (matches.length === 0) return [];
    const inserted = await tx.query<{ user_id: string; posting_id: string }>(
      'matching.insert-matches',
      `INSERT INTO user_match (user_id, posting_id, score, found_at)
       SELECT user_id, posting_id, score, $4::timestamptz
       FROM unnest($1::uuid[], $2::uuid[], $3::numeric[]) AS m(user_id, posting_id, score)
       ORDER BY user_id, posting_id
       ON CONFLICT DO NOTHING RETURNING user_id, posting_id`,
      [
        matches.map(({ userId }) => userId),
        matches.map(({ postingId }) => postingId),
        matches.map(({ score }) => score),
        now,
      ],
    );
    const fresh = new Set(inserted.map((row) => `${row.user_id} ${row.posting_id}`));
    return matches.filter(({ userId, postingId }) => fresh.has(`${userId} ${postingId}`));
  }
}
