import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { API_KEY_SCOPES, type Caller, ROLES } from '#contracts';
import { AppError, newId } from '#kernel';
import { FeatureSwitches, platformSettings, readSettings } from '#platform';
import fc from 'fast-check';
import { gatewayControllers } from '../controllers.js';
import { operationsOf } from '../http/endpoint.js';
import type { OperationSpec } from '../http/operation.js';
import type { AccessTokens } from './access-tokens.service.js';
import { AccessService } from './access.service.js';
import type { ApiKeys } from './api-keys.js';
import type { FactorDemand } from './factor-demand.js';

const operations = operationsOf(gatewayControllers);

/** Rights need no token and no key here: the caller is known already. */
const noTokens = {} as AccessTokens;
const noKeys = {} as ApiKeys;
const noDemand = {} as FactorDemand;
const switches = new FeatureSwitches(readSettings(platformSettings, {}));
const access = new AccessService(noTokens, noKeys, switches, noDemand);

function may(spec: OperationSpec, caller: Caller): boolean {
  try {
    void access.authorize(spec, caller);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'forbidden') return false;
    throw error;
  }
}

describe('what a key may call', () => {
  const roles = fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1 });
  const scopes = fc.uniqueArray(fc.constantFrom(...API_KEY_SCOPES), { minLength: 1 });

  it('is what its scopes name and its owner may call, whatever both are, at every operation', () => {
    let allowed = 0;
    fc.assert(
      fc.property(roles, scopes, (mine, given) => {
        const person: Caller = { user_id: newId(), roles: mine, scopes: [] };
        for (const spec of operations) {
          if (spec.access === 'public' || !may(spec, { ...person, scopes: given })) continue;
          allowed += 1;
          expect([spec.operationId, may(spec, person), given.some((scope) => scope === spec.scope)]).toEqual([
            spec.operationId,
            true,
            true,
          ]);
        }
      }),
      { numRuns: 1000 },
    );
    expect(allowed).toBeGreaterThan(1000);
  });

  it('is nothing of keys and signing in but who it belongs to, and of administration what programs do', () => {
    const everything: Caller = { user_id: newId(), roles: [...ROLES], scopes: [...API_KEY_SCOPES] };
    const open = operations
      .filter(({ path, access: who }) => who !== 'public' && /^\/(api-keys|auth|admin)(\/|$)/.test(path))
      .filter((spec) => may(spec, everything));
    expect(open.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'GET /admin/audit/verification',
      'GET /admin/dead-letters',
      'GET /admin/users',
      'GET /auth/me',
      'POST /admin/dead-letters/{id}/replay',
      'POST /admin/jobs/import',
      'POST /admin/users/import',
    ]);
  });
});
