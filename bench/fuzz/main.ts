import { parseArgs } from 'node:util';
import pg from 'pg';
import { ADMIN, ApiDocument, NOTHING_OUTSIDE } from '#testing';
import { startPlatform } from '../support/platform.js';
import { fuzz } from './fuzz.js';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    'per-kind': { type: 'string', default: '26' },
    minutes: { type: 'string', default: '10' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (options.help === true) {
  console.log(`Sends made-up requests to every documented operation and holds every answer against the document.

  --seed N       repeats a run
  --per-kind N   requests of every kind for every operation (26: about 340 per operation)
  --minutes N    stops after this long`);
  process.exit(0);
}
const seed = Number(options.seed ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);
const platform = await startPlatform(NOTHING_OUTSIDE, () => undefined);
const identity = new pg.Pool({ connectionString: platform.identityUrl, max: 1 });
const report = await fuzz({
  url: platform.url,
  document: ApiDocument.read(),
  admin: ADMIN,
  confirmAddresses: async () => {
    await identity.query('UPDATE identity.account SET email_verified_at = now()');
  },
  seed,
  perKind: Number(options['per-kind']),
  budgetMs: Number(options.minutes) * 60_000,
});
console.log(report.print());
await identity.end();
await platform.stop();
const enough = report.coverage >= 0.8;
if (!enough) console.log('Fewer than 80 % of the operations succeeded once: this run proves too little.');
process.exit(report.violations.size === 0 && enough ? 0 : 1);
