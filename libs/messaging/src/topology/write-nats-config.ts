import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderNatsConfig } from './nats-config.js';

/** Writes deploy/nats from the contracts: `node dist/libs/messaging/src/topology/write-nats-config.js [folder]`. */
const folder = process.argv[2] ?? join('deploy', 'nats');
for (const [file, profile] of [
  ['nats.conf', 'shipped'],
  ['nats-cluster.conf', 'cluster'],
] as const) {
  writeFileSync(join(folder, file), renderNatsConfig({ profile }));
  process.stdout.write(`${join(folder, file)}\n`);
}
