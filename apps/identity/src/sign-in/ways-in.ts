import { Injectable } from '@nestjs/common';
import { conflict } from '#kernel';
import type { Tx } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';

/** By what somebody can sign in. Codes by mail do not count: an installation may have no mail. */
@Injectable()
export class WaysIn {
  /** Called after one was removed, in the same transaction and with the account locked. */
  async assertOneLeft(tx: Tx, account: Pick<AccountEntity, 'id' | 'passwordHash'>): Promise<void> {
    if (account.passwordHash !== null) return;
    const rows = await tx.query<{ isLeft: boolean }>(
      'ways-in.left',
      `SELECT EXISTS (SELECT FROM external_identity WHERE user_id = $1)
           OR EXISTS (SELECT FROM passkey WHERE user_id = $1) AS "isLeft"`,
      [account.id],
    );
    if (rows[0]?.isLeft === true) return;
    throw conflict(
      'LAST_WAY_IN',
      'This is the last way into the account. Set a password first (POST /auth/forgot-password).',
    );
  }
}
