import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#kernel';
import { Database } from '#persistence';
import type { AccountEntity } from '../accounts/account.entity.js';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';
import { isDemandedOf } from './domain/demand.js';
import { SecondFactorRepository } from './second-factor.repository.js';

type Holder = Pick<AccountEntity, 'id' | 'roles'>;

/**
 * Whether this installation demands a second factor of somebody, and whether he lacks it. Only an authenticator counts:
 * a passkey is two factors by itself, but beside it password or mailed code still open the account alone, and nothing
 * but the authenticator is asked for by all of them.
 */
@Injectable()
export class FactorDemand {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<IdentityOwnSettings, 'SECOND_FACTOR_REQUIRED'>,
    private readonly database: Database,
    private readonly factors: SecondFactorRepository,
  ) {}

  isMadeOf({ roles }: Pick<Holder, 'roles'>): boolean {
    return isDemandedOf(this.settings.SECOND_FACTOR_REQUIRED, roles);
  }

  /** Costs nothing where none is demanded. */
  async isUnmetBy(holder: Holder): Promise<boolean> {
    return this.isMadeOf(holder) && !(await this.factors.statusOf(this.database, holder.id)).isOn;
  }

  /** One that could be taken away would be demanded of nobody. */
  assertMayDoWithout(holder: Pick<Holder, 'roles'>): void {
    if (!this.isMadeOf(holder)) return;
    throw new AppError({
      code: 'SECOND_FACTOR_REQUIRED',
      kind: 'forbidden',
      message:
        'This installation demands a second factor of this account, so it stays. For another authenticator, an admin ' +
        'takes this one away.',
    });
  }
}
