import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventsCatalogue } from './events-catalogue.js';

/** Writes the catalogue: `node dist/libs/messaging/src/topology/write-events-catalogue.js [file]`. */
const file = process.argv[2] ?? join('docs', 'events', 'catalogue.md');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, eventsCatalogue());
process.stdout.write(`${file}\n`);
