import { Injectable } from '@nestjs/common';
import type { Caller } from '#contracts';
import { AppError, forbidden, unauthenticated } from '#kernel';
import { API_KEY_PREFIX, FeatureSwitches } from '#platform';
import type { Access, OperationSpec } from '../http/operation.js';
import { AccessTokens, invalidToken } from './access-tokens.service.js';
import { ApiKeys } from './api-keys.js';
import { FactorDemand } from './factor-demand.js';

type Identified = Caller | undefined;

/** Whether the caller may call the operation at all; what he may see is the service's to say. */
@Injectable()
export class AccessService {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly apiKeys: ApiKeys,
    private readonly switches: FeatureSwitches,
    private readonly factors: FactorDemand,
  ) {}

  /**
   * Who calls. Public routes never look at credentials (signing in must work with a stale token in the header);
   * everywhere else wrong credentials are refused, also where none would have been fine.
   */
  identify(access: Access, authorization: string | undefined): Identified | Promise<Identified> {
    if (access === 'public' || authorization === undefined) return undefined;
    const [scheme, credential] = split(authorization);
    if (scheme !== 'bearer' || credential === '') throw invalidToken();
    if (credential.startsWith(API_KEY_PREFIX)) return this.byKey(credential);
    const signedIn = this.tokens.verify(credential);
    return signedIn instanceof Promise ? signedIn.then(({ caller }) => caller) : signedIn.caller;
  }

  /** Throws at once, or answers at once; a promise only for who lacked a second factor that is demanded of him. */
  authorize(spec: OperationSpec, caller: Identified): Promise<void> | undefined {
    this.assertRights(spec, caller);
    if (spec.feature !== undefined && !this.switches.isOn(spec.feature, caller?.user_id)) {
      throw new AppError({
        code: 'FEATURE_DISABLED',
        kind: 'forbidden',
        message: `'${spec.feature}' is switched off here, or for this account.`,
      });
    }
    const isAsked = caller?.needs_factor === true && spec.withoutFactor !== true;
    return isAsked ? this.factors.require(caller) : undefined;
  }

  private assertRights(spec: OperationSpec, caller: Identified): void {
    const { access } = spec;
    if (access === 'public' || access === 'optional') {
      if (caller !== undefined) assertScope(spec, caller);
      return;
    }
    if (caller === undefined) throw unauthenticated();
    assertScope(spec, caller);
    if (access === 'signed-in') return;
    if (!caller.roles.includes(access.role) && !caller.roles.includes('admin')) {
      throw forbidden(`This needs the role ${access.role}.`);
    }
  }

  private async byKey(key: string): Promise<Caller> {
    const caller = await this.apiKeys.verify(key);
    if (caller === undefined || caller.scopes.length === 0) throw invalidKey();
    return caller;
  }
}

/** Sessions have no scopes and may do what their person may; keys may do what their scopes name, and nothing else. */
function assertScope(spec: OperationSpec, caller: Caller): void {
  if (caller.scopes.length === 0) return;
  if (spec.scope === undefined) throw insufficientScope('API keys cannot call this; sign in instead.');
  if (!caller.scopes.includes(spec.scope)) throw insufficientScope(`This needs a key with the scope ${spec.scope}.`);
}

const invalidKey = (): AppError =>
  unauthenticated(
    'The API key is not valid: it is mistyped, expired or revoked. List yours with GET /api/v1/api-keys.',
  );

const insufficientScope = (message: string): AppError =>
  new AppError({ code: 'INSUFFICIENT_SCOPE', kind: 'forbidden', message });

function split(authorization: string): [scheme: string, credential: string] {
  const space = authorization.indexOf(' ');
  if (space === -1) return [authorization.toLowerCase(), ''];
  return [authorization.slice(0, space).toLowerCase(), authorization.slice(space + 1).trim()];
}
