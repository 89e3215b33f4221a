import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, type Clock } from '#kernel';
import { Database, type Tx } from '#persistence';
import { CLOCK } from '#platform';
import { MailTokenRepository, type MailTokenPurpose, type MailTokenRow } from './mail-token.repository.js';

const HOUR = 3_600_000;
const LIFE_MS: Readonly<Record<MailTokenPurpose, number>> = {
  verify_email: 24 * HOUR,
  change_email: 24 * HOUR,
  reset_password: HOUR,
};

/** Secrets that travel by mail: random, kept as a hash, good once and not for long. */
@Injectable()
export class MailTokens {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly tokens: MailTokenRepository,
  ) {}

  async issue(
    tx: Tx,
    wanted: Pick<MailTokenRow, 'userId' | 'purpose' | 'email'>,
  ): Promise<{ token: string; expiresAt: Date }> {
    // The prefix lets secret scanners recognise a leaked one.
    const token = `ccmt_${randomBytes(32).toString('base64url')}`;
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + LIFE_MS[wanted.purpose]);
    await this.tokens.put(tx, hashOf(token), { ...wanted, expiresAt }, now);
    return { token, expiresAt };
  }

  /** What a token would do, without using it up. Throws `INVALID_TOKEN`, always the same. */
  async read(token: string, ...purposes: MailTokenPurpose[]): Promise<MailTokenRow> {
    return this.accept(await this.tokens.find(this.database, hashOf(token)), purposes);
  }

  /** Uses it up, in the caller's transaction. */
  async take(tx: Tx, token: string, ...purposes: MailTokenPurpose[]): Promise<MailTokenRow> {
    return this.accept(await this.tokens.take(tx, hashOf(token)), purposes);
  }

  private accept(row: MailTokenRow | undefined, purposes: readonly MailTokenPurpose[]): MailTokenRow {
    if (row === undefined || !purposes.includes(row.purpose) || row.expiresAt <= this.clock.now()) throw invalidToken();
    return row;
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

/** One answer for unknown, expired and used: it must not help anybody who tries. */
export const invalidToken = (field = 'token'): AppError =>
  new AppError({
    code: 'INVALID_TOKEN',
    kind: 'invalid',
    message: 'The token is not valid (any more). Ask for a new one.',
    details: [{ field, message: 'is unknown, expired or was used before' }],
  });
