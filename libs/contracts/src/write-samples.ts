import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as contracts from './index.js';
import { messagesOf } from './messages.js';

/**
 * Keeps the sample of every event and command that has none yet: `node dist/libs/contracts/src/write-samples.js [folder]`.
 * A file that is there is what some producer really sent and is never written again.
 */
const folder = process.argv[2] ?? join('libs', 'contracts', 'samples');
mkdirSync(folder, { recursive: true });
for (const { type, sample } of messagesOf(contracts)) {
  const file = join(folder, `${type}.json`);
  if (existsSync(file)) continue;
  writeFileSync(file, `${JSON.stringify(sample, null, 2)}\n`);
  process.stdout.write(`${file}\n`);
}
