import { describe, expect, it } from '@jest/globals';
import type { Caller } from '#contracts';
import { FeatureSwitches, platformSettings, readSettings } from '#platform';
import { generateCoverLetterOperation } from '../ai-content/cover-letters.operations.js';
import { getAnalyticsFunnelOperation } from '../analytics/analytics.operations.js';
import type { AccessTokens } from './access-tokens.service.js';
import { AccessService } from './access.service.js';
import type { ApiKeys } from './api-keys.js';
import type { FactorDemand } from './factor-demand.js';

const mira: Caller = { user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11', roles: ['user'], scopes: [] };
const jo: Caller = { ...mira, user_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d12' };

/** Rights need no token and no key here: the caller is known already. */
const noTokens = {} as AccessTokens;
const noKeys = {} as ApiKeys;
const noDemand = {} as FactorDemand;
const accessWith = (env: Record<string, string>): AccessService =>
  new AccessService(noTokens, noKeys, new FeatureSwitches(readSettings(platformSettings, env)), noDemand);

describe('a part of the product that is switched off', () => {
  it('answers FEATURE_DISABLED on its routes and leaves the others alone', () => {
    const access = accessWith({ FEATURE_AI: 'off' });
    expect(() => access.authorize(generateCoverLetterOperation, mira)).toThrow(/'ai' is switched off/);
    expect(() => access.authorize(getAnalyticsFunnelOperation, mira)).not.toThrow();
  });

  it('is open to the people it is being tried with, and to nobody else', () => {
    const access = accessWith({ FEATURE_AI: `users:${mira.user_id}` });
    expect(() => access.authorize(generateCoverLetterOperation, mira)).not.toThrow();
    expect(() => access.authorize(generateCoverLetterOperation, jo)).toThrow(/'ai' is switched off/);
  });

  it('still asks strangers to sign in first', () => {
    const access = accessWith({ FEATURE_AI: 'off' });
    expect(() => access.authorize(generateCoverLetterOperation, undefined)).toThrow(/Sign in/);
  });
});
