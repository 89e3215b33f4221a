import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { packageVersion } from '#platform';
import { gatewayControllers } from '../controllers.js';
import { operationsOf } from '../http/endpoint.js';
import { buildDocument, printDocument } from './document.js';

/** Writes docs/api/openapi.json, or the path given: `node dist/apps/gateway/src/openapi/write-openapi.js [file]`. */
const file = process.argv[2] ?? 'docs/api/openapi.json';
await mkdir(dirname(file), { recursive: true });
await writeFile(file, printDocument(buildDocument(operationsOf(gatewayControllers), packageVersion())));
