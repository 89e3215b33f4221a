import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fuzz } from '../../../../bench/fuzz/fuzz.js';
import { ADMIN, ApiDocument, NO_SOURCES } from '#testing';
import { type Composed, startComposed } from './support/composed.js';

/** FUZZ_SEED repeats a run; otherwise every run asks something else. `npm run fuzz` asks more. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);

describe('made-up requests to every operation', () => {
  let platform: Composed;
  beforeAll(async () => {
    platform = await startComposed(NO_SOURCES);
  }, 120_000);
  afterAll(() => platform.stop(), 60_000);

  it(`get answers as documented, whatever they are (seed ${seed})`, async () => {
    const report = await fuzz({
      url: platform.url,
      document: ApiDocument.read(),
      admin: ADMIN,
      confirmAddresses: async () => {
        await platform.database.admin('UPDATE identity.account SET email_verified_at = now()');
      },
      seed,
      perKind: 4,
      budgetMs: 75_000,
    });
    process.stdout.write(`\n${report.print()}`);
    expect([...report.violations.keys()]).toEqual([]);
    expect(report.coverage).toBeGreaterThanOrEqual(0.8);
    expect(report.requests).toBeGreaterThan(500);
  }, 180_000);
});
