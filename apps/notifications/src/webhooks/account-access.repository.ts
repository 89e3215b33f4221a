import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';

export interface AccountAccess {
  user_id: string;
  blocked: boolean;
  /** Grows with every change of an account. */
  valid_from: string;
}

/** Condition on a webhook `w`: its owner may have programs called. */
export const OWNER_IS_NOT_BLOCKED = `NOT EXISTS (SELECT FROM account_access a WHERE a.user_id = w.user_id AND a.blocked)`;

/** What identity last said of accounts whose access ever changed; at most one row for an account, gone with it. */
@Injectable()
export class AccountAccessRepository {
  /** False when what is known is newer, or the same. */
  async note(tx: Tx, { user_id, blocked, valid_from }: AccountAccess): Promise<boolean> {
    const rows = await tx.query(
      'account-access.note',
      `INSERT INTO account_access AS known (user_id, blocked, valid_from) VALUES ($1, $2, $3)
       ON CONFLICT (user_id) DO UPDATE SET blocked = excluded.blocked, valid_from = excluded.valid_from
       WHERE known.valid_from < excluded.valid_from
       RETURNING user_id`,
      [user_id, blocked, valid_from],
    );
    return rows.length === 1;
  }

  async blockedOf(tx: Tx, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ user_id: string }>(
      'account-access.blocked',
      'SELECT user_id FROM account_access WHERE user_id = ANY($1::uuid[]) AND blocked',
      [userIds],
    );
    return new Set(rows.map((row) => row.user_id));
  }
}
