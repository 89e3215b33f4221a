import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorsDocument } from './errors-document.js';

/** Writes the list of errors: `node dist/libs/platform/src/errors/write-errors-document.js [file]`. */
const file = process.argv[2] ?? join('docs', 'errors.md');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, errorsDocument());
process.stdout.write(`${file}\n`);
