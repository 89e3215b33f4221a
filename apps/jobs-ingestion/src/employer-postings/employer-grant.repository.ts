import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';
import type { Grant } from './domain/confirmation.js';

export interface EmployerGrants {
  userId: string;
  version: number;
  companies: readonly Grant[];
}

@Injectable()
export class EmployerGrantRepository {
  /** False when a newer or the same version is here already: events may come twice and out of order. */
  async store(tx: Tx, { userId, version, companies }: EmployerGrants, now: Date): Promise<boolean> {
    const stored = await tx.query(
      'employer-grants.store',
      `INSERT INTO employer_grant AS g (user_id, version, companies, updated_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (user_id) DO UPDATE SET
         version = excluded.version, companies = excluded.companies, updated_at = excluded.updated_at
       WHERE g.version < excluded.version
       RETURNING user_id`,
      [userId, version, JSON.stringify(companies), now],
    );
    return stored.length > 0;
  }

  async of(tx: Tx, userId: string): Promise<readonly Grant[]> {
    const [row] = await tx.query<{ companies: Grant[] }>(
      'employer-grants.of',
      'SELECT companies FROM employer_grant WHERE user_id = $1::uuid',
      [userId],
    );
    return row?.companies ?? [];
  }
}
