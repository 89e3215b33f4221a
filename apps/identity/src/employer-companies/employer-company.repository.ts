import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';
import type { GrantedCompany } from './domain/granted-companies.js';

export interface StoredCompany extends GrantedCompany {
  grantedAt: Date;
}

@Injectable()
export class EmployerCompanyRepository {
  /** By user; who speaks for nobody is not in it. */
  async of(db: Queryable, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly StoredCompany[]>> {
    const byUser = new Map<string, StoredCompany[]>();
    if (userIds.length === 0) return byUser;
    const rows = await db.query<StoredCompany & { userId: string }>(
      'employer-company.of',
      `SELECT user_id AS "userId", company_key AS "companyKey", company, domain, granted_at AS "grantedAt"
       FROM employer_company WHERE user_id = ANY ($1::uuid[]) ORDER BY company_key`,
      [userIds],
    );
    for (const { userId, ...company } of rows) byUser.set(userId, [...(byUser.get(userId) ?? []), company]);
    return byUser;
  }

  /** In place of all there were; called with the account locked. What stays the same stays granted as it was. */
  async replace(
    tx: Tx,
    userId: string,
    companies: readonly GrantedCompany[],
    granted: { by: string; at: Date },
  ): Promise<void> {
    await tx.query(
      'employer-company.drop',
      'DELETE FROM employer_company WHERE user_id = $1::uuid AND company_key <> ALL ($2::text[])',
      [userId, companies.map(({ companyKey }) => companyKey)],
    );
    await tx.query(
      'employer-company.put',
      `INSERT INTO employer_company AS c (user_id, company_key, company, domain, granted_by, granted_at)
       SELECT $1::uuid, i.company_key, i.company, i.domain, $5::uuid, $6::timestamptz
       FROM unnest($2::text[], $3::text[], $4::text[]) AS i(company_key, company, domain)
       ON CONFLICT (user_id, company_key) DO UPDATE SET
         company = excluded.company, domain = excluded.domain, granted_by = excluded.granted_by,
         granted_at = excluded.granted_at
       WHERE (c.company, c.domain) IS DISTINCT FROM (excluded.company, excluded.domain)`,
      [
        userId,
        companies.map(({ companyKey }) => companyKey),
        companies.map(({ company }) => company),
        companies.map(({ domain }) => domain),
        granted.by,
        granted.at,
      ],
    );
  }
}
