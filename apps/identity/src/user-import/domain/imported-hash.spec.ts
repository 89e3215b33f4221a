import { describe, expect, it } from '@jest/globals';
import { hash, verify } from '@node-rs/argon2';
import fc from 'fast-check';
import { costCoveredBy, hashProblem } from './imported-hash.js';

const bcrypt = (cost: string, prefix = '2b'): string =>
  `$${prefix}$${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`;
const argon2 = (parameters: string): string =>
  `$argon2id$v=19$${parameters}$c29tZXNhbHRzb21lc2FsdA$VGJ0YXRhdGF0YXRhdGF0YXRhdGF0YXRhdGF0YXRhdGE`;

describe('a hash of another system', () => {
  it.each([bcrypt('04'), bcrypt('10', '2a'), bcrypt('12', '2y'), argon2('m=65536,t=3,p=4'), argon2('m=19456,t=2,p=1')])(
    'is taken over: %s',
    (one) => {
      expect(hashProblem(one, 12)).toBeUndefined();
    },
  );

  it.each([
    ['cost 13', bcrypt('13')],
    ['cost 3', bcrypt('03')],
    ['kind $2a$', bcrypt('10', '2x')],
    ['60 characters', `${bcrypt('10')}x`],
    ['must be', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['must be', argon2('m=19456,t=2,p=1').replace('argon2id', 'argon2i')],
    ['must be', 'a password'],
    ['m=512', argon2('m=512,t=1,p=1')],
    ['m=1048576', argon2('m=1048576,t=1,p=1')],
    ['m × t', argon2('m=65536,t=99,p=1')],
    ['m × t', argon2('m=65536,t=0,p=1')],
    ['p=64', argon2('m=65536,t=1,p=64')],
    ['not whole', argon2('m=65536,t=1,p=1').replace('RzYWx0$', 'RzYWx1$').replace(/.$/, 'F')],
  ])('is refused with %s in the reason: %s', (words, one) => {
    expect(hashProblem(one, 12)).toContain(words);
  });

  it('that was made by argon2 with parameters in the bounds is taken, and opens', async () => {
    const made = await hash('correct horse', { memoryCost: 8_192, timeCost: 3, parallelism: 2 });
    expect(hashProblem(made, 12)).toBeUndefined();
    expect(await verify(made, 'correct horse')).toBe(true);
  });

  it('is never read as something that cannot be verified without an error', async () => {
    const near = fc.tuple(fc.nat({ max: 96 }), fc.constantFrom(...'./$=,+A9f')).map(([at, sign]) => {
      const whole = argon2('m=1024,t=1,p=1');
      return whole.slice(0, at) + sign + whole.slice(at + 1);
    });
    await fc.assert(
      fc.asyncProperty(near, async (one) => {
        if (hashProblem(one, 12) === undefined) expect(typeof (await verify(one, 'x'))).toBe('boolean');
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [0, 10],
    [300, 11],
    [500, 12],
    [1_000, 13],
    [2_000, 14],
    [3_000, 14],
  ])('may, where refusals wait %i ms, have the cost %i', (floorMs, cost) => {
    expect(costCoveredBy(floorMs)).toBe(cost);
  });
});
