import { Injectable } from '@nestjs/common';
import {
  type AdminAuditEntry,
  AUDIT_ACTIONS,
  type AuditEntry,
  type listAudit,
  type searchAudit,
  type Static,
} from '#contracts';
import { forbidden } from '#kernel';
import type { RpcContext } from '#messaging';
import { Database } from '#persistence';
import { pageHead, windowOf } from '../paging.js';
import { AuditLogRepository } from './audit-log.repository.js';
import type { AuditFacts } from './domain/chain.js';

/** Longer histories are not counted to their end. */
const MOST_COUNTED = 10_000;

@Injectable()
export class AuditService {
  constructor(
    private readonly database: Database,
    private readonly log: AuditLogRepository,
  ) {}

  /** The security history of one person, newest first. */
  async list(userId: string, query: Static<typeof listAudit.request>): Promise<Static<typeof listAudit.response>> {
    const { limit, offset } = windowOf(query);
    const [rows, total] = await Promise.all([
      this.log.pageOf(this.database, userId, limit, offset),
      this.log.count(this.database, userId),
    ]);
    return { ...pageHead(query, total), entries: rows.map(toOwnEntry) };
  }

  /** For admins: what happened, over all people. */
  async search(
    query: Static<typeof searchAudit.request>,
    context: RpcContext,
  ): Promise<Static<typeof searchAudit.response>> {
    // The gateway checks this too; here it holds whoever asks.
    if (context.caller?.roles.includes('admin') !== true) throw forbidden('Only an admin may do this.');
    const { limit, offset } = windowOf(query);
    const filter = { userId: query.user_id, action: query.action };
    const [rows, counted] = await Promise.all([
      this.log.search(this.database, filter, limit, offset),
      this.log.countUpTo(this.database, filter, MOST_COUNTED + 1),
    ]);
    const head = pageHead(query, Math.min(counted, MOST_COUNTED));
    return { ...head, total_is_estimate: counted > MOST_COUNTED, entries: rows.map(toAdminEntry) };
  }
}

const toAdminEntry = (facts: AuditFacts): AdminAuditEntry => ({
  ...toEntry(facts),
  user_id: facts.userId,
  actor_id: facts.actorId,
});

/** Where an admin did it, address and browser are his, and not for others to read. */
const toOwnEntry = (facts: AuditFacts): AuditEntry =>
  facts.actorId === facts.userId ? toEntry(facts) : { ...toEntry(facts), address: null, user_agent: null };

function toEntry(facts: AuditFacts): AuditEntry {
  const action = AUDIT_ACTIONS.find((known) => known === facts.action);
  if (action === undefined) throw new Error(`audit_log holds an action no contract knows: ${facts.action}`);
  return {
    id: facts.id,
    action,
    address: facts.address,
    user_agent: facts.userAgent,
    detail: facts.detail,
    occurred_at: facts.occurredAt.toISOString(),
  };
}
