import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type listSessions, type Session, SessionRevokedV1, type Static, type TokenPair } from '#contracts';
import { AppError, type Clock, newId, notFound } from '#kernel';
import { Outbox } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AuditLogRepository, type RequestOrigin } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { pageHead, windowOf } from '../paging.js';
import { SETTINGS } from '../tokens.js';
import { AccessTokenIssuer } from './access-token.issuer.js';
import { type RefreshTokenRow, SessionRepository, type SessionRow } from './session.repository.js';

export type RevocationReason = Static<typeof SessionRevokedV1.data>['reason'];

/** A session is a family of refresh tokens, of which only the youngest is good. */
export interface OpenedSession {
  id: string;
  refreshToken: string;
  /** Read while the account was locked: rights that change later are newer than a token issued at this moment. */
  at: Date;
}

type Refreshed = { account: AccountEntity; session: OpenedSession } | 'refused';

@Injectable()
export class SessionsService {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly sessions: SessionRepository,
    private readonly accounts: AccountRepository,
    private readonly audit: AuditLogRepository,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly mail: OutgoingMail,
  ) {}

  /** Every way of signing in ends here, inside its own transaction, with the account locked. */
  async open(tx: Tx, userId: string, origin: RequestOrigin): Promise<OpenedSession> {
    const now = this.clock.now();
    const id = newId();
    const token = this.newToken(now);
    const session = {
      id,
      userId,
      address: origin.clientAddress ?? null,
      userAgent: origin.userAgent?.slice(0, 400) ?? null,
      createdAt: now,
      lastSeenAt: now,
    };
    await this.sessions.insert(tx, session, token);
    return { id, refreshToken: token.text, at: now };
  }

  /** After the commit: the pair a client gets. */
  async tokensFor(account: AccountEntity, session: OpenedSession): Promise<TokenPair> {
    const access = await this.accessTokens.issue(account, session.id, session.at);
    return { ...access, refresh_token: session.refreshToken, token_type: 'bearer' };
  }

  /** Trades a refresh token for a new pair. A token that was traded before ends the whole family: one of two is a thief. */
  async refresh(refreshToken: string, origin: RequestOrigin): Promise<TokenPair> {
    const hash = hashOf(refreshToken);
    // The refusal is thrown outside: a throw inside would roll the revocation back.
    const outcome = await this.unitOfWork.run<Refreshed>(async (tx) => {
      const userId = await this.sessions.userOfToken(tx, hash);
      // The account before its sessions, as everywhere: the other order would be a deadlock with a password change.
      const account = userId === undefined ? null : await this.accounts.lock(tx, userId);
      const token = await this.sessions.lockToken(tx, hash);
      if (account === null || token === undefined || token.revokedAt !== null) return 'refused';
      if (token.rotatedAt !== null) {
        await this.endFamily(tx, account, token.sessionId, origin);
        return 'refused';
      }
      const now = this.clock.now();
      if (account.blockedAt !== null || this.isOver(token, now)) return 'refused';
      const id = token.sessionId;
      await this.sessions.rotate(tx, hash, id, now, origin.clientAddress ?? null);
      const next = this.newToken(now);
      await this.sessions.insertToken(tx, id, next.hash, now, next.expiresAt);
      return { account, session: { id, refreshToken: next.text, at: now } };
    });
    if (outcome === 'refused') throw invalidRefreshToken();
    return this.tokensFor(outcome.account, outcome.session);
  }

  /** Ends sessions in the caller's transaction and says so; answers how many ended. */
  async revoke(
    tx: Tx,
    which: { userId: string; sessionId?: string; except?: string },
    reason: RevocationReason,
    origin: RequestOrigin,
  ): Promise<number> {
    const ended = await this.sessions.revoke(tx, which, reason, this.clock.now());
    await this.outbox.addMany(
      tx,
      SessionRevokedV1,
      ended.map((session_id) => ({
        data: { user_id: which.userId, session_id, reason },
        subject: session_id,
        requestId: origin.requestId,
      })),
    );
    return ended.length;
  }

  signOut(userId: string, sessionId: string | undefined, all: boolean, origin: RequestOrigin): Promise<number> {
    if (sessionId === undefined && !all) {
      throw new AppError({ code: 'CONFLICT', kind: 'conflict', message: 'This request carries no session to end.' });
    }
    return this.unitOfWork.run(async (tx) => {
      const ended = await this.revoke(tx, { userId, sessionId: all ? undefined : sessionId }, 'logout', origin);
      await this.audit.append(tx, { action: 'session.signed-out', userId, detail: { sessions: ended } }, origin);
      return ended;
    });
  }

  /** One session of the person, or all but the one he asks with. */
  revokeOwn(
    userId: string,
    current: string | undefined,
    sessionId: string | undefined,
    origin: RequestOrigin,
  ): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const which = sessionId === undefined ? { userId, except: current } : { userId, sessionId };
      const ended = await this.revoke(tx, which, 'logout', origin);
      if (sessionId !== undefined && ended === 0) throw notFound('The session');
      await this.audit.append(tx, { action: 'session.revoked', userId, detail: { sessions: ended } }, origin);
    });
  }

  async list(
    userId: string,
    current: string | undefined,
    query: { page?: number; per_page?: number },
  ): Promise<Static<typeof listSessions.response>> {
    const { limit, offset } = windowOf(query);
    const seenAfter = new Date(this.clock.now().getTime() - this.settings.REFRESH_TOKEN_TTL);
    const { rows, total } = await this.sessions.livePage(this.database, userId, seenAfter, limit, offset);
    return { ...pageHead(query, total), sessions: rows.map((row) => toSession(row, current)) };
  }

  /** What verifiers must refuse although its signature is right; older tokens have ended by themselves. */
  async revocations(): Promise<{
    sessions: { session_id: string; revoked_at: string }[];
    users: { user_id: string; blocked: boolean; valid_from: string }[];
  }> {
    // A minute more than a token lives, for clocks that differ.
    const since = new Date(this.clock.now().getTime() - this.settings.ACCESS_TOKEN_TTL - 60_000);
    const [sessions, users] = await Promise.all([
      this.sessions.revokedSince(this.database, since),
      this.accounts.accessChangedSince(since),
    ]);
    return {
      sessions: sessions.map(({ sessionId, revokedAt }) => ({
        session_id: sessionId,
        revoked_at: revokedAt.toISOString(),
      })),
      users: users.map(({ userId, blocked, validFrom }) => ({
        user_id: userId,
        blocked,
        valid_from: validFrom.toISOString(),
      })),
    };
  }

  private async endFamily(tx: Tx, account: AccountEntity, sessionId: string, origin: RequestOrigin): Promise<void> {
    const { id: userId } = account;
    await this.mail.notify(tx, account, 'token_reused', origin);
    await this.revoke(tx, { userId, sessionId }, 'reuse', origin);
    await this.audit.append(tx, { action: 'session.token-reused', userId, detail: { session_id: sessionId } }, origin);
  }

  private isOver(token: RefreshTokenRow, now: Date): boolean {
    return token.expiresAt <= now || token.sessionCreatedAt.getTime() + this.settings.SESSION_MAX_AGE <= now.getTime();
  }

  private newToken(now: Date): { text: string; hash: Buffer; expiresAt: Date } {
    // The prefix lets secret scanners recognise a leaked one.
    const text = `ccrt_${randomBytes(32).toString('base64url')}`;
    return { text, hash: hashOf(text), expiresAt: new Date(now.getTime() + this.settings.REFRESH_TOKEN_TTL) };
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

/** One answer for unknown, expired, used and revoked: it must not help anybody who tries. */
const invalidRefreshToken = (): AppError =>
  new AppError({
    code: 'INVALID_REFRESH_TOKEN',
    kind: 'unauthenticated',
    message: 'The refresh token is not valid (any more). Sign in again.',
  });

const toSession = (row: SessionRow, current: string | undefined): Session => ({
  id: row.id,
  current: row.id === current,
  user_agent: row.userAgent,
  address: row.address,
  created_at: row.createdAt.toISOString(),
  last_seen_at: row.lastSeenAt.toISOString(),
});
