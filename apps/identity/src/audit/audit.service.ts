import { Injectable } from '@nestjs/common';
import { AUDIT_ACTIONS, type AuditEntry, type listAudit, type Static } from '#contracts';
import { Database } from '#persistence';
import { pageHead, windowOf } from '../paging.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { type AuditFacts, firstBrokenLink } from './domain/chain.js';

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
    return { ...pageHead(query, total), entries: rows.map(toEntry) };
  }

  /** Whether nobody changed or removed a row of this history behind our back; else the place of the first wrong row. */
  async verify(userId: string): Promise<{ intact: boolean; brokenAt?: number }> {
    const brokenAt = firstBrokenLink(await this.log.chainOf(this.database, userId));
    return brokenAt === undefined ? { intact: true } : { intact: false, brokenAt };
  }
}

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
