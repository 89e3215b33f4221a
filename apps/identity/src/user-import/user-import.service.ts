import { Inject, Injectable } from '@nestjs/common';
import { importUsers, type ImportedUserResult, type ImportUsersBody, type ImportUsersResponse } from '#contracts';
import type { Clock } from '#kernel';
import { callerId, Idempotency, type RpcContext } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import { AccountFactory, type NewAccount } from '../accounts/account-factory.js';
import { requireAdmin } from '../accounts/user-access.service.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { registrationClosed } from '../sign-in/sign-in-completion.js';
import { SETTINGS } from '../tokens.js';
import { costCoveredBy } from './domain/imported-hash.js';
import { readRow } from './imported-row.js';

type Wanted = { index: number; account: NewAccount };

/** Accounts of another system, with the passwords people have there: hashes are upgraded at their next sign-in. */
@Injectable()
export class UserImportService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly idempotency: Idempotency,
    private readonly factory: AccountFactory,
    private readonly audit: AuditLogRepository,
  ) {}

  /**
   * All rows that can be taken, in one commit; the others are named with their reasons. An address that has an account
   * keeps it as it is, so the same file a second time changes nothing.
   */
  importUsers(request: ImportUsersBody, context: RpcContext): Promise<ImportUsersResponse> {
    requireAdmin(context);
    if (this.settings.SINGLE_USER) throw registrationClosed();
    const rules = { now: this.clock.now(), highestCost: costCoveredBy(this.settings.CREDENTIAL_ANSWER_FLOOR) };
    const wanted: Wanted[] = [];
    const rejected: ImportedUserResult[] = [];
    request.users.forEach((row, index) => {
      const read = readRow(row, rules);
      if ('field' in read) rejected.push(result(index, 'rejected', { field: read.field, reason: read.message }));
      else wanted.push({ index, account: read });
    });
    // Two imports at once take the same addresses in the same order, and do not stop each other.
    wanted.sort((a, b) => (a.account.email.toLowerCase() < b.account.email.toLowerCase() ? -1 : 1));
    return this.idempotency.run(importUsers, request, context, async (tx) => {
      const made: ImportedUserResult[] = [];
      for (const one of wanted) made.push(await this.take(tx, one, context));
      const users = [...made, ...rejected].sort((a, b) => a.index - b.index);
      const counts = countsOf(users);
      const actor = callerId(context);
      await this.audit.append(tx, { action: 'accounts.imported', userId: actor, detail: counts }, context);
      return { counts, users };
    });
  }

  private async take(tx: Tx, { index, account }: Wanted, context: RpcContext): Promise<ImportedUserResult> {
    const created = await this.factory.create(tx, account, context.requestId);
    if (created === undefined) return result(index, 'exists');
    const note = { action: 'account.registered', userId: created.id, detail: { method: account.method } } as const;
    await this.audit.append(tx, { ...note, actorId: callerId(context) }, context);
    return result(index, 'created', { user_id: created.id });
  }
}

const result = (
  index: number,
  status: ImportedUserResult['status'],
  more: Partial<ImportedUserResult> = {},
): ImportedUserResult => ({ index, status, user_id: null, field: null, reason: null, ...more });

const countsOf = (users: readonly ImportedUserResult[]): ImportUsersResponse['counts'] => {
  const n = (wanted: ImportedUserResult['status']): number => users.filter(({ status }) => status === wanted).length;
  return { created: n('created'), exists: n('exists'), rejected: n('rejected') };
};
