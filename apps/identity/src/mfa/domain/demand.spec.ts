import { describe, expect, it } from '@jest/globals';
import { isDemandedOf } from './demand.js';

describe('a second factor is demanded', () => {
  it.each([
    ['nobody', [false, false, false]],
    ['admins', [false, false, true]],
    ['everybody', [true, true, true]],
  ] as const)('of %s: user, employer, admin as %j', (demand, expected) => {
    expect([
      isDemandedOf(demand, ['user']),
      isDemandedOf(demand, ['employer']),
      isDemandedOf(demand, ['user', 'admin']),
    ]).toEqual(expected);
  });
});
