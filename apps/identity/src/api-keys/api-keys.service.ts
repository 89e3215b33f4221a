import { Inject, Injectable } from '@nestjs/common';
import {
  type ApiKey,
  ApiKeyRevokedV1,
  type ApiKeyScope,
  type Caller,
  type CreateApiKeyBody,
  type listApiKeys,
  type NewApiKey,
  type Static,
  type verifyApiKey,
} from '#contracts';
import { type Clock, conflict, type FieldProblem, forbidden, invalid, newId, notFound } from '#kernel';
import { callerId, Outbox, type RpcContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import { CLOCK, makeApiKey } from '#platform';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import { FactorDemand } from '../mfa/factor-demand.js';
import { pageHead, windowOf } from '../paging.js';
import { tidy } from '../tidy.js';
import { ApiKeyRepository, type ApiKeyRow } from './api-key.repository.js';
import { KeyUsage } from './key-usage.js';

const MAX_KEYS = 50;
const LONGEST_LIFE_MS = 2 * 366 * 86_400_000;

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly keys: ApiKeyRepository,
    private readonly usage: KeyUsage,
    private readonly demand: FactorDemand,
    private readonly outbox: Outbox,
    private readonly audit: AuditLogRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(
    query: Static<typeof listApiKeys.request>,
    context: RpcContext,
  ): Promise<Static<typeof listApiKeys.response>> {
    const { limit, offset } = windowOf(query);
    const { rows, total } = await this.keys.page(callerId(context), limit, offset);
    return { ...pageHead(query, total), api_keys: rows.map(toApiKey) };
  }

  async get(id: string, context: RpcContext): Promise<ApiKey> {
    return toApiKey(await this.keys.find(callerId(context), id));
  }

  create(request: CreateApiKeyBody, context: RpcContext): Promise<NewApiKey> {
    const caller = onlySessions(context);
    const { name, scopes, expires_at } = tidy(request);
    const now = this.clock.now();
    const expiresAt = expires_at === undefined || expires_at === null ? null : new Date(expires_at);
    refuseWrong([...lifeProblems(expiresAt, now), ...scopeProblems(scopes, caller)]);
    const { key, shown, hash } = makeApiKey();
    const row: ApiKeyRow = {
      id: newId(),
      name,
      prefix: shown,
      scopes,
      expires_at: expiresAt,
      last_used_at: null,
      created_at: now,
    };
    return this.unitOfWork.run(async (tx) => {
      if ((await this.accounts.lock(tx, caller.user_id)) === null) throw notFound('The account');
      if ((await this.keys.countOf(tx, caller.user_id)) >= MAX_KEYS) {
        throw conflict('LIMIT_REACHED', `An account has at most ${MAX_KEYS} API keys; revoke one first.`);
      }
      await this.keys.insert(tx, caller.user_id, hash, row);
      const note = { action: 'api-key.created' as const, userId: caller.user_id, detail: { key_id: row.id, scopes } };
      await this.audit.append(tx, note, context);
      return { ...toApiKey(row), key };
    });
  }

  async rename(id: string, name: string, context: RpcContext): Promise<ApiKey> {
    const { user_id } = onlySessions(context);
    return toApiKey(await this.keys.rename(user_id, id, tidy({ name }).name));
  }

  /** Ends the key at once: the doors hear of it, and forget it, within a second. */
  revoke(id: string, context: RpcContext): Promise<void> {
    const { user_id } = onlySessions(context);
    return this.unitOfWork.run(async (tx) => {
      if (!(await this.keys.delete(tx, user_id, id))) throw notFound('The API key');
      const facts = { user_id, key_id: id };
      await this.outbox.add(tx, ApiKeyRevokedV1, facts, { subject: id, requestId: context.requestId });
      await this.audit.append(tx, { action: 'api-key.revoked', userId: user_id, detail: { key_id: id } }, context);
    });
  }

  async verify(hash: string): Promise<Static<typeof verifyApiKey.response>> {
    const holder = await this.keys.holderOf(Buffer.from(hash, 'hex'), this.clock.now());
    if (holder === undefined) return { key: null };
    this.usage.note(holder.key_id);
    // A key is one factor: while its owner lacks the second one, it rests.
    const isUnmet = await this.demand.isUnmetBy({ id: holder.user_id, roles: holder.roles });
    const expires_at = holder.expires_at?.toISOString() ?? null;
    return { key: { ...holder, expires_at, ...(isUnmet ? { needs_factor: true } : {}) } };
  }
}

/** The door refuses keys here too. A key that could make keys would never end: it would leave a better one behind. */
function onlySessions({ caller }: RpcContext): Caller {
  if (caller === undefined || caller.scopes.length > 0) throw forbidden('API keys cannot manage API keys; sign in.');
  return caller;
}

function lifeProblems(expiresAt: Date | null, now: Date): FieldProblem[] {
  if (expiresAt === null) return [];
  if (expiresAt <= now) return [{ field: 'expires_at', message: 'must be in the future' }];
  const tooLong = expiresAt.getTime() - now.getTime() > LONGEST_LIFE_MS;
  return tooLong ? [{ field: 'expires_at', message: 'must be at most two years from now' }] : [];
}

/** A key never does more than its owner, so this is no lock; it only tells him now what would be refused later. */
function scopeProblems(scopes: readonly ApiKeyScope[], { roles }: Caller): FieldProblem[] {
  return scopes.flatMap((scope, index) => {
    const role = scope.startsWith('admin:') ? 'admin' : scope === 'write:postings' ? 'employer' : 'user';
    const has = role === 'user' || roles.includes(role) || roles.includes('admin');
    return has ? [] : [{ field: `scopes.${index}`, message: `needs the role ${role}` }];
  });
}

function refuseWrong(problems: FieldProblem[]): void {
  if (problems.length > 0) throw invalid(problems);
}

function toApiKey(row: ApiKeyRow | undefined): ApiKey {
  if (row === undefined) throw notFound('The API key');
  const { id, name, prefix, scopes, expires_at, last_used_at, created_at } = row;
  return {
    id,
    name,
    prefix,
    scopes,
    expires_at: expires_at?.toISOString() ?? null,
    last_used_at: last_used_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
  };
}
