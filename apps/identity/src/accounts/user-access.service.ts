import { Inject, Injectable } from '@nestjs/common';
import { type AdminUser, type listUsers, type Static, type updateUserAccess, UserAccessChangedV1 } from '#contracts';
import { AppError, type Clock, forbidden, notFound } from '#kernel';
import { callerId, Outbox, type RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { EmployerCompaniesService } from '../employer-companies/employer-companies.service.js';
import { EmployerCompanyRepository } from '../employer-companies/employer-company.repository.js';
import { pageHead, windowOf } from '../paging.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { AccountEntity } from './account.entity.js';
import { AccountRepository } from './account.repository.js';
import { accessValidFrom } from './domain/access-valid-from.js';
import { toAdminUser } from './user-view.js';

/** What admins may see and change of other people's accounts. */
@Injectable()
export class UserAccessService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLogRepository,
    private readonly companies: EmployerCompanyRepository,
    private readonly employerCompanies: EmployerCompaniesService,
  ) {}

  async listUsers(
    query: Static<typeof listUsers.request>,
    context: RpcContext,
  ): Promise<Static<typeof listUsers.response>> {
    requireAdmin(context);
    const { limit, offset } = windowOf(query);
    const filter = { text: query.q, role: query.role, blocked: query.blocked };
    const { rows, total } = await this.accounts.page(filter, limit, offset);
    const companies = await this.companies.of(
      this.database,
      rows.map(({ id }) => id),
    );
    return { ...pageHead(query, total), users: rows.map((row) => toAdminUser(row, companies.get(row.id))) };
  }

  updateAccess(request: Static<typeof updateUserAccess.request>, context: RpcContext): Promise<AdminUser> {
    requireAdmin(context);
    return this.unitOfWork.run(async (tx) => {
      const account = await this.accounts.lock(tx, request.user_id);
      if (account === null) throw notFound('The user');
      const changed = this.changed(account, request);
      if (changed !== undefined) {
        if (account.isOwner) throw ownerIsProtected();
        await this.store(tx, changed, context);
      }
      const now = changed ?? account;
      return toAdminUser(now, await this.employerCompanies.settle(tx, now, request.employer_for, context));
    });
  }

  /** Undefined when there is nothing to change. */
  private changed(
    account: AccountEntity,
    { roles = account.roles, blocked = account.blockedAt !== null }: Static<typeof updateUserAccess.request>,
  ): AccountEntity | undefined {
    const sameRoles = [...roles].sort().join() === [...account.roles].sort().join();
    if (sameRoles && blocked === (account.blockedAt !== null)) return undefined;
    const now = this.clock.now();
    const accessChangedAt = accessValidFrom(now, account.accessChangedAt);
    return { ...account, roles, blockedAt: blocked ? (account.blockedAt ?? now) : null, accessChangedAt };
  }

  /** Row, events and history in one commit: verifiers hear of it through the events. */
  private async store(tx: Tx, account: AccountEntity, context: RpcContext): Promise<void> {
    const { id, roles, blockedAt, accessChangedAt } = account;
    await this.accounts.update(tx, id, { roles, blockedAt, accessChangedAt });
    if (blockedAt !== null) await this.sessions.revoke(tx, { userId: id }, 'admin', context);
    const valid_from = (accessChangedAt ?? this.clock.now()).toISOString();
    await this.outbox.add(
      tx,
      UserAccessChangedV1,
      { user_id: id, roles, blocked: blockedAt !== null, valid_from },
      { subject: id, requestId: context.requestId },
    );
    await this.audit.append(
      tx,
      {
        action: 'account.access-changed',
        userId: id,
        actorId: callerId(context),
        detail: { roles, blocked: blockedAt !== null },
      },
      context,
    );
  }
}

/** The gateway checks this too; here it holds whoever asks. */
export function requireAdmin(context: RpcContext): void {
  if (context.caller?.roles.includes('admin') !== true) throw forbidden('Only an admin may do this.');
}

/**
 * For what a key that leaked must not do to every account. The door refuses keys there too; answers who the admin is.
 * `refusal`: what keys cannot do.
 */
export function requireAdminInPerson(context: RpcContext, refusal: string): string {
  requireAdmin(context);
  if (context.caller?.scopes.length !== 0) throw forbidden(`API keys cannot ${refusal}; sign in.`);
  return callerId(context);
}

const ownerIsProtected = (): AppError =>
  new AppError({
    code: 'CONFLICT',
    kind: 'conflict',
    message: 'The owner of this installation stays an admin and cannot be blocked.',
  });
