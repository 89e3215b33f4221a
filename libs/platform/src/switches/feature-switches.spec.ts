import { newId } from '#kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { platformSettings, readSettings } from '../config/index.js';
import { type FeatureState, formatFeatureState, isEnabledFor, parseFeatureState } from './feature-state.js';
import { FeatureSwitches } from './feature-switches.js';

const user = '0197f7a0-0000-7000-8000-000000000001';
const users = Array.from({ length: 4000 }, () => newId());
const share = (feature: string, percent: number): number =>
  users.filter((id) => isEnabledFor(feature, { mode: 'rollout', percent, users: [] }, id)).length / users.length;

describe('FeatureSwitches', () => {
  const switches = (env: Record<string, string>): FeatureSwitches =>
    new FeatureSwitches(readSettings(platformSettings, env));

  it('is on unless switched off', () => {
    expect(switches({}).isOn('ai')).toBe(true);
    expect(switches({ FEATURE_AI: 'off' }).isOn('ai', user)).toBe(false);
    expect(switches({ FEATURE_AI: 'off' }).isOn('analytics')).toBe(true);
  });

  it('is on for named users only', () => {
    const named = switches({ FEATURE_AI: `users:${user}` });
    expect([named.isOn('ai', user), named.isOn('ai', newId()), named.isOn('ai')]).toEqual([true, false, false]);
    expect(named.isOnForSomebody('ai')).toBe(true);
    expect(switches({ FEATURE_AI: '0%' }).isOnForSomebody('ai')).toBe(false);
  });

  it('gives a share of the users the feature, the same ones every time', () => {
    expect(share('ai', 25)).toBeGreaterThan(0.21);
    expect(share('ai', 25)).toBeLessThan(0.29);
    expect([share('ai', 0), share('ai', 100)]).toEqual([0, 1]);
  });

  it('only adds users when the share grows, and picks others for another feature', () => {
    const at = (feature: string, percent: number): Set<string> =>
      new Set(users.filter((id) => isEnabledFor(feature, { mode: 'rollout', percent, users: [] }, id)));
    const [ten, thirty, other] = [at('ai', 10), at('ai', 30), at('analytics', 30)];
    expect([...ten].every((id) => thirty.has(id))).toBe(true);
    expect([...thirty].every((id) => other.has(id))).toBe(false);
  });

  it.each(['maybe', '101%', '-1%', '25', 'users:', 'users:bob', '25%bob', '25%+bob', '%'])('refuses %j', (text) => {
    expect(parseFeatureState(text)).toBeUndefined();
  });

  it('reads back what it writes', () => {
    const states = fc.oneof(
      fc.constantFrom<FeatureState>({ mode: 'on' }, { mode: 'off' }),
      fc.record({
        mode: fc.constant('rollout' as const),
        percent: fc.integer({ min: 1, max: 100 }),
        users: fc.array(fc.uuid(), { maxLength: 3 }),
      }),
    );
    fc.assert(fc.property(states, (state) => expect(parseFeatureState(formatFeatureState(state))).toEqual(state)));
  });
});
