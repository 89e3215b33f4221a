import { Injectable } from '@nestjs/common';
import type { removeSecondFactor, Static } from '#contracts';
import { conflict, notFound } from '#kernel';
import type { RpcContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import { AccountRepository } from '../accounts/account.repository.js';
import { requireAdminInPerson } from '../accounts/user-access.service.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorRepository } from './second-factor.repository.js';

/**
 * For somebody who has neither his authenticator nor a recovery code left. Passkeys stay: each is a way in of its own,
 * and may be the only one its owner has.
 */
@Injectable()
export class LostFactorService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly factors: SecondFactorRepository,
    private readonly sessions: SessionsService,
    private readonly mail: OutgoingMail,
    private readonly audit: AuditLogRepository,
  ) {}

  remove({ user_id: userId }: Static<typeof removeSecondFactor.request>, context: RpcContext): Promise<void> {
    const actorId = requireAdminInPerson(context, 'take a second factor away');
    if (actorId === userId) throw onesOwn();
    return this.unitOfWork.run(async (tx) => {
      const account = await this.accounts.lock(tx, userId);
      if (account === null) throw notFound('The user');
      // One that waits for its first code guards nothing, so it was not lost; the throw brings it back.
      if (!(await this.factors.drop(tx, userId))) throw notFound('The second factor');
      // All of them: whoever has the lost phone may have one.
      const sessions_revoked = await this.sessions.revoke(tx, { userId }, 'factor-change', context);
      await this.mail.notifyByAdmin(tx, account, 'mfa_disabled', context.requestId);
      const detail = { by: 'admin', sessions_revoked };
      await this.audit.append(tx, { action: 'mfa.disabled', userId, actorId, detail }, context);
    });
  }
}

/** There it takes password and code: a session of an admin that was stolen must not do without. */
const onesOwn = (): Error =>
  conflict('CONFLICT', 'This is your own second factor; take it away with POST /auth/mfa/totp/disable.');
