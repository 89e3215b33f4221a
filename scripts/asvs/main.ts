import { readFileSync, writeFileSync } from 'node:fs';
import { asvsPage } from './page.js';
import { readTable } from './table.js';

/** Writes docs/security/asvs.md. */
writeFileSync('docs/security/asvs.md', asvsPage(readTable(readFileSync('docs/security/asvs.csv', 'utf8'))));
