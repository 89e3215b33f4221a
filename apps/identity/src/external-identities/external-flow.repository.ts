import { Injectable } from '@nestjs/common';
import type { Tx } from '#persistence';

export interface ExternalFlowRow {
  browserHash: Buffer;
  provider: string;
  secretsSealed: string;
  returnTo: string | null;
  /** Set where a signed-in person links an identity instead of signing in. */
  linkUserId: string | null;
  expiresAt: Date;
}

@Injectable()
export class ExternalFlowRepository {
  async insert(tx: Tx, stateHash: Buffer, flow: ExternalFlowRow): Promise<void> {
    await tx.query(
      'external-flow.insert',
      `INSERT INTO external_flow
         (state_hash, browser_hash, provider, secrets_sealed, return_to, link_user_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [stateHash, flow.browserHash, flow.provider, flow.secretsSealed, flow.returnTo, flow.linkUserId, flow.expiresAt],
    );
  }

  /** Of all who come with one state and the cookie of its browser the first takes it; the others find nothing. */
  async take(tx: Tx, stateHash: Buffer, browserHash: Buffer): Promise<ExternalFlowRow | undefined> {
    const rows = await tx.query<ExternalFlowRow>(
      'external-flow.take',
      `DELETE FROM external_flow WHERE state_hash = $1 AND browser_hash = $2
       RETURNING browser_hash AS "browserHash", provider, secrets_sealed AS "secretsSealed",
                 return_to AS "returnTo", link_user_id AS "linkUserId", expires_at AS "expiresAt"`,
      [stateHash, browserHash],
    );
    return rows[0];
  }
}
