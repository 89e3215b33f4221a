import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allRetentionInWords } from './retention.js';

/** Writes the list of periods: `node dist/apps/standalone/src/write-retention-document.js [file]`. */
const file = process.argv[2] ?? join('docs', 'retention.md');
writeFileSync(file, allRetentionInWords());
process.stdout.write(`${file}\n`);
