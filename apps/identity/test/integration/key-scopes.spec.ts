import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  API_KEY_SCOPES,
  type ApiKeyScope,
  createApiKey,
  deleteApiKey,
  type Role,
  ROLES,
  type RpcContract,
  type Static,
  type TSchema,
  updateApiKey,
  updateUserAccess,
  verifyApiKey,
} from '#contracts';
import { AppError } from '#kernel';
import { readApiKey } from '#platform';
import fc from 'fast-check';
import { type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';

/** What a model remembers of a key: what it was made with, and whether it was ended. */
interface Made {
  id: string;
  key: string;
  scopes: readonly ApiKeyScope[];
  isEnded: boolean;
}

type Step =
  | { do: 'create'; scopes: ApiKeyScope[] }
  | {
      do: 'rename' | 'revoke' | 'create as key' | 'rename as key' | 'revoke as key';
      which: number;
      scopes: ApiKeyScope[];
    }
  | { do: 'access'; roles: Role[]; blocked: boolean };

const scopes = fc.uniqueArray(fc.constantFrom(...API_KEY_SCOPES), { minLength: 1, maxLength: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create' as const), scopes }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('rename', 'revoke', 'create as key', 'rename as key', 'revoke as key'),
      which: fc.nat(9),
      scopes,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('access' as const),
      roles: fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1 }),
      blocked: fc.boolean(),
    }),
  },
);

describe('the scopes of a key', () => {
  let app: IdentityApp;
  /** Each goes through his own sequences, all at the same time. */
  let owners: SignedIn[];
  let admin: SignedIn;
  beforeAll(async () => {
    app = await startIdentity();
    owners = await Promise.all(Array.from({ length: 4 }, () => app.register()));
    admin = await app.register({ roles: ['user', 'admin'] });
  }, 60_000);
  afterAll(() => app.stop());

  /** The error code, or the answer. */
  const attempt = async <Req extends TSchema, Res extends TSchema>(
    contract: RpcContract<Req, Res>,
    request: Static<Req>,
    context: Parameters<IdentityApp['ask']>[2],
  ): Promise<Static<Res> | { refused: string }> => {
    try {
      return await app.ask(contract, request, context);
    } catch (error) {
      if (error instanceof AppError) return { refused: error.kind };
      throw error;
    }
  };

  const needs = (scope: ApiKeyScope): Role =>
    scope.startsWith('admin:') ? 'admin' : scope === 'write:postings' ? 'employer' : 'user';

  it('are never wider than what it was made with, nor than its creator, after 1,000 random sequences', async () => {
    const seen = { made: 0, refused: 0, alive: 0 };
    const run = async (owner: SignedIn, steps: Step[]): Promise<void> => {
      await app.db.admin('DELETE FROM identity.api_key WHERE user_id = $1', [owner.user.id]);
      await app.db.admin(`UPDATE identity.account SET roles = '{user}', blocked_at = NULL WHERE id = $1`, [
        owner.user.id,
      ]);
      let roles: Role[] = ['user'];
      let blocked = false;
      const keys: Made[] = [];
      const session = () => ({ caller: { ...owner.context.caller, roles } });
      const asKey = (made: Made) => ({ caller: { user_id: owner.user.id, roles, scopes: [...made.scopes] } });
      for (const each of steps) {
        if (each.do === 'access') {
          ({ roles, blocked } = each);
          await app.ask(updateUserAccess, { user_id: owner.user.id, roles, blocked }, admin.context);
        } else if (each.do === 'create') {
          const isAllowed = each.scopes.every((scope) => {
            const role = needs(scope);
            return role === 'user' || roles.includes(role) || roles.includes('admin');
          });
          const made = await attempt(createApiKey, { name: 'k', scopes: each.scopes }, session());
          expect('refused' in made ? made.refused : 'made').toBe(isAllowed ? 'made' : 'invalid');
          if (!('refused' in made)) keys.push({ id: made.id, key: made.key, scopes: made.scopes, isEnded: false });
          seen[isAllowed ? 'made' : 'refused'] += 1;
        } else {
          const made = keys[each.which % Math.max(keys.length, 1)];
          if (made === undefined) continue;
          // Whatever else is sent along is refused by the contract; here it is sent past the door.
          const rename = { key_id: made.id, name: 'renamed', scopes: each.scopes };
          if (each.do === 'rename') await attempt(updateApiKey, rename, session());
          if (each.do === 'revoke') {
            const outcome = await attempt(deleteApiKey, { key_id: made.id }, session());
            expect(outcome).toEqual(made.isEnded ? { refused: 'not-found' } : {});
            made.isEnded = true;
          }
          if (each.do === 'create as key') {
            const outcome = await attempt(createApiKey, { name: 'k', scopes: each.scopes }, asKey(made));
            expect(outcome).toEqual({ refused: 'forbidden' });
          }
          if (each.do === 'rename as key') {
            const outcome = await attempt(updateApiKey, { key_id: made.id, name: 'k' }, asKey(made));
            expect(outcome).toEqual({ refused: 'forbidden' });
          }
          if (each.do === 'revoke as key') {
            const outcome = await attempt(deleteApiKey, { key_id: made.id }, asKey(made));
            expect(outcome).toEqual({ refused: 'forbidden' });
          }
        }
      }
      for (const { key, scopes: first, isEnded } of keys) {
        const hash = readApiKey(key)?.toString('hex') ?? '';
        const { key: known } = await app.ask(verifyApiKey, { hash });
        expect(known === null).toBe(isEnded || blocked);
        if (known === null) continue;
        seen.alive += 1;
        expect(known.user_id).toBe(owner.user.id);
        expect([...known.scopes].sort()).toEqual([...first].sort());
        expect([...known.roles].sort()).toEqual([...roles].sort());
      }
    };
    const sequence = fc.array(step, { minLength: 1, maxLength: 8 });
    await Promise.all(
      owners.map((owner) =>
        fc.assert(
          fc.asyncProperty(sequence, (steps) => run(owner, steps)),
          { numRuns: 1000 / owners.length, endOnFailure: true },
        ),
      ),
    );
    // Otherwise it proves nothing.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(200);
  }, 300_000);
});
