import { Injectable } from '@nestjs/common';
import type { Role } from '#contracts';
import { Database, type Tx } from '#persistence';
import type { Repository } from 'typeorm';
import { AccountEntity } from './account.entity.js';

export interface AccountFilter {
  text?: string;
  role?: Role;
  blocked?: boolean;
}

@Injectable()
export class AccountRepository {
  constructor(private readonly database: Database) {}

  findByEmail(email: string): Promise<AccountEntity | null> {
    return this.accounts().findOneBy({ email });
  }

  findById(id: string): Promise<AccountEntity | null> {
    return this.accounts().findOneBy({ id });
  }

  /** Nobody changes this account until the transaction ends; rows that refer to it may still be added. */
  lock(tx: Tx, id: string): Promise<AccountEntity | null> {
    return tx.repository(AccountEntity).findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  lockByEmail(tx: Tx, email: string): Promise<AccountEntity | null> {
    return tx.repository(AccountEntity).findOne({ where: { email }, lock: { mode: 'for_no_key_update' } });
  }

  /** False when the address or the seat of the owner is taken. */
  async insert(tx: Tx, account: AccountEntity): Promise<boolean> {
    const result = await tx.manager
      .createQueryBuilder()
      .insert()
      .into(AccountEntity)
      .values(account)
      .orIgnore()
      .returning('id')
      .execute();
    const inserted: unknown = result.raw;
    return Array.isArray(inserted) && inserted.length > 0;
  }

  async update(tx: Tx, id: string, change: Partial<Omit<AccountEntity, 'id'>>): Promise<void> {
    await tx.repository(AccountEntity).update({ id }, change);
  }

  owner(): Promise<AccountEntity | null> {
    return this.accounts().findOneBy({ isOwner: true });
  }

  async page(filter: AccountFilter, limit: number, offset: number): Promise<{ rows: AccountEntity[]; total: number }> {
    const query = this.accounts().createQueryBuilder('a').orderBy('a.id').take(limit).skip(offset);
    if (filter.text !== undefined) {
      const pattern = `%${filter.text.replaceAll(/[\\%_]/g, '\\$&')}%`;
      query.andWhere('(a.email::text ILIKE :pattern OR a.full_name ILIKE :pattern)', { pattern });
    }
    if (filter.role !== undefined) query.andWhere(':role = ANY (a.roles)', { role: filter.role });
    if (filter.blocked !== undefined) query.andWhere(`a.blocked_at IS ${filter.blocked ? 'NOT NULL' : 'NULL'}`);
    const [rows, total] = await query.getManyAndCount();
    return { rows, total };
  }

  /** Accounts whose rights changed since `since`: tokens from before no longer count. */
  async accessChangedSince(since: Date): Promise<{ userId: string; blocked: boolean; validFrom: Date }[]> {
    return this.database.query(
      'account.access-changed-since',
      `SELECT id AS "userId", blocked_at IS NOT NULL AS blocked, access_changed_at AS "validFrom"
       FROM account WHERE access_changed_at > $1`,
      [since],
    );
  }

  private accounts(): Repository<AccountEntity> {
    return this.database.dataSource.getRepository(AccountEntity);
  }
}
