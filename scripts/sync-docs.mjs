#!/usr/bin/env node
// Writes every file that is generated from the code: OpenAPI, event catalogue, samples of messages that have none yet,
// error list, NATS configuration, periods of retention. docs/security/asvs.md comes from the table beside it.
// A test of each compares what is committed with what the code produces.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './prepare.mjs';

const WRITERS = [
  'dist/apps/gateway/src/openapi/write-openapi.js',
  'dist/libs/messaging/src/topology/write-events-catalogue.js',
  'dist/libs/contracts/src/write-samples.js',
  'dist/libs/platform/src/errors/write-errors-document.js',
  'dist/libs/messaging/src/topology/write-nats-config.js',
  'dist/scripts/asvs/main.js',
  'dist/apps/standalone/src/write-retention-document.js',
];
for (const writer of WRITERS) {
  if (existsSync(join(root, writer))) run(process.execPath, [join(root, writer)]);
}
