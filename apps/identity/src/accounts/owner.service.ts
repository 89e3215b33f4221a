import { randomInt } from 'node:crypto';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { UnitOfWork } from '#persistence';
import { AuditLogRepository } from '../audit/audit-log.repository.js';
import type { IdentityOwnSettings } from '../config.js';
import { PasswordsService } from '../passwords/passwords.service.js';
import { SETTINGS } from '../tokens.js';
import { AccountFactory } from './account-factory.js';
import { AccountRepository } from './account.repository.js';

export interface OwnerWish {
  /** OWNER_EMAIL unless told. */
  email?: string;
  fullName?: string;
  /** Without one a random one-time password is made. */
  password?: string;
  /** Puts the one-time password where its owner finds it. Called before there is an account: if it fails, there is none. */
  keep?: (oneTimePassword: string) => Promise<void> | void;
}

export type OwnerResult =
  | { created: false; email: string }
  /** `oneTimePassword` is told here and nowhere else; it works from loopback only, until it is changed. */
  | { created: true; email: string; oneTimePassword?: string };

/** No letters or digits that look alike. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** The first account of an installation: role admin, exactly one, never made by registration. */
@Injectable()
export class OwnerService implements OnApplicationBootstrap {
  constructor(
    @Inject(SETTINGS) private readonly settings: IdentityOwnSettings,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly factory: AccountFactory,
    private readonly passwords: PasswordsService,
    private readonly audit: AuditLogRepository,
  ) {}

  /** Containers bring the password along (OWNER_PASSWORD_FILE); elsewhere whoever starts us calls `createOwner`. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.OWNER_PASSWORD !== undefined) await this.createOwner({ password: this.settings.OWNER_PASSWORD });
  }

  /** Does nothing when there is an owner; of two that start at once only one creates. */
  async createOwner(wish: OwnerWish = {}): Promise<OwnerResult> {
    const existing = await this.accounts.owner();
    if (existing !== null) return { created: false, email: existing.email };

    const email = wish.email ?? this.settings.OWNER_EMAIL;
    const fullName = wish.fullName ?? 'Owner';
    const oneTimePassword = wish.password === undefined ? makeOneTimePassword() : undefined;
    const passwordHash = await this.passwords.hashNew('OWNER_PASSWORD', wish.password ?? oneTimePassword ?? '', {
      email,
      fullName,
    });
    if (oneTimePassword !== undefined) await wish.keep?.(oneTimePassword);
    const created = await this.unitOfWork.run(async (tx) => {
      const account = await this.factory.create(tx, {
        email,
        fullName,
        passwordHash,
        passwordOneTime: oneTimePassword !== undefined,
        roles: ['user', 'admin'],
        isOwner: true,
        // The operator says whose installation it is; only the stand-in address is nobody's mailbox.
        emailVerified: !email.toLowerCase().endsWith('@localhost'),
        method: 'owner',
      });
      if (account === undefined) return false;
      await this.audit.append(tx, { action: 'account.owner-created', userId: account.id }, {});
      return true;
    });
    if (created) return { created, email, oneTimePassword };

    const winner = await this.accounts.owner();
    if (winner === null) throw new Error(`OWNER_EMAIL: ${email} belongs to an account that is not the owner`);
    return { created, email: winner.email };
  }
}

/** Six groups of five: 150 random bits, and still typed by hand. */
function makeOneTimePassword(): string {
  const letter = () => ALPHABET[randomInt(ALPHABET.length)] ?? '';
  const group = () => Array.from({ length: 5 }, letter).join('');
  return Array.from({ length: 6 }, group).join('-');
}
