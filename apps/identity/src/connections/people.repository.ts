import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '#persistence';

export interface AlivePerson {
  id: string;
  isVerified: boolean;
  /** Whether he has a public page, by which strangers may know him. */
  hasPage: boolean;
}

/** What dealings of two people need to know about each of them. */
@Injectable()
export class PeopleRepository {
  /** Accounts that are not blocked by an admin; they do not disappear before the transaction ends. */
  async alive(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, AlivePerson>> {
    const rows = await tx.query<AlivePerson>(
      'people.alive',
      `SELECT a.id, a.email_verified_at IS NOT NULL AS "isVerified", pp.slug IS NOT NULL AS "hasPage"
       FROM account a LEFT JOIN public_profile pp ON pp.user_id = a.id
       WHERE a.id = ANY ($1::uuid[]) AND a.blocked_at IS NULL
       ORDER BY a.id FOR KEY SHARE OF a`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  async idOfSlug(db: Queryable, slug: string): Promise<string | undefined> {
    const rows = await db.query<{ id: string }>(
      'people.of-slug',
      'SELECT user_id AS id FROM public_profile WHERE slug = $1',
      [slug],
    );
    return rows[0]?.id;
  }
}
