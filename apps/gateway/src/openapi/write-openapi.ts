import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageVersion } from '#platform';
import { gatewayControllers } from '../controllers.js';
import { operationsOf } from '../http/endpoint.js';
import { accessTable } from './access-table.js';
import { buildDocument, printDocument } from './document.js';

/** Writes docs/api/{openapi.json,access.md}: `node dist/apps/gateway/src/openapi/write-openapi.js [folder]`. */
const folder = process.argv[2] ?? 'docs/api';
const operations = operationsOf(gatewayControllers);
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'openapi.json'), printDocument(buildDocument(operations, packageVersion())));
await writeFile(join(folder, 'access.md'), accessTable(operations));
