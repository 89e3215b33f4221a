import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fuzz } from '../../../../bench/fuzz/fuzz.js';
import { ADMIN, ApiDocument, NOTHING_OUTSIDE } from '#testing';
import { type Composed, startComposed } from './support/composed.js';

/** The same questions each time, so that a failure belongs to the change at hand; `npm run fuzz` asks others, and more. */
const seed = Number(process.env.FUZZ_SEED ?? 1);

describe('made-up requests to every operation', () => {
  let platform: Composed;
  beforeAll(async () => {
    platform = await startComposed(NOTHING_OUTSIDE);
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
