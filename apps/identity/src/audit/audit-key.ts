import { randomBytes } from 'node:crypto';
import type { Clock } from '#kernel';
import type { Queryable } from '#persistence';
import type { FieldCipher, FieldPlace } from '#platform';
import type { AuditSealRepository } from './audit-seal.repository.js';
import { type AuditSeal, EMPTY_SUM, macOfSeal, tagOf } from './domain/seal.js';

/** Replicas of the version before may write rows without a key that long after the first start of this one. */
const OVERLAP_MS = 86_400_000;
const KEY_PLACE: FieldPlace = { table: 'identity.audit_seal', column: 'key_sealed', owner: '1' };

/**
 * The key of the log: made once, kept sealed with a field key. Not derived from a setting, so that secrets can be
 * exchanged and rows of years ago still be verified.
 */
export class AuditKey {
  private constructor(readonly value: Buffer) {}

  /** A process that could not write its log must not start: the error names the field key that is gone. */
  static async open(db: Queryable, seals: AuditSealRepository, cipher: FieldCipher, clock: Clock): Promise<AuditKey> {
    const sealed = (await seals.keyOf(db)) ?? (await make(db, seals, cipher, clock));
    return new AuditKey(Buffer.from(cipher.decrypt(sealed, KEY_PLACE), 'base64'));
  }

  tagOf = (chain: string): Buffer => tagOf(this.value, chain);
}

/** Of several replicas that start at once one makes it. */
async function make(db: Queryable, seals: AuditSealRepository, cipher: FieldCipher, clock: Clock): Promise<string> {
  const key = randomBytes(32);
  const now = clock.now();
  const unkeyedUntil = new Date(now.getTime() + OVERLAP_MS);
  const seal: AuditSeal = { number: 0, sealedAt: now, unkeyedUntil, heads: 0, sum: EMPTY_SUM };
  const keySealed = cipher.encrypt(key.toString('base64'), KEY_PLACE);
  await seals.create(db, { seal, mac: macOfSeal(key, seal), keySealed });
  const made = await seals.keyOf(db);
  if (made === undefined) throw new Error('audit_seal is empty although its row was just written');
  return made;
}
