import { ERROR_CODES } from '#contracts';
import { API_PREFIX } from '../http/endpoint.js';
import type { OperationSpec } from '../http/operation.js';
import { Components } from './components.js';
import { describeOperation } from './describe-operation.js';
import { TAGS } from './tags.js';

type Json = Record<string, unknown>;

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: Json;
  servers: Json[];
  tags: Json[];
  paths: Record<string, Json>;
  components: Json;
}

/** The documentation, from the same declarations that make the routes. The same declarations give the same bytes. */
export function buildDocument(operations: readonly OperationSpec[], version: string): OpenApiDocument {
  const components = new Components();
  const paths: Record<string, Json> = {};
  const ids = new Set<string>();
  for (const spec of operations) {
    if (ids.has(spec.operationId)) throw new Error(`operationId ${spec.operationId} is used twice`);
    ids.add(spec.operationId);
    const path = `${API_PREFIX}${spec.path}`;
    const methods = (paths[path] ??= {});
    const method = spec.method.toLowerCase();
    if (method in methods) throw new Error(`${spec.method} ${path} is declared twice`);
    methods[method] = describeOperation(spec, components);
  }
  const used = new Set(operations.map((spec) => spec.tag));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Career Copilot API',
      version,
      description:
        'Jobs, applications, documents and interviews of people who look for work across borders. JSON in snake_case, ' +
        'UTC timestamps, ids are UUIDs. Lists are pages (`page`, `per_page`). Errors have one shape and a closed list ' +
        `of ${Object.keys(ERROR_CODES).length} codes, explained at /docs/errors. Every answer carries \`X-Request-Id\`; name it when you report a problem.`,
      contact: { name: 'Career Copilot maintainers', url: 'https://github.com/career-copilot' },
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: [{ url: '/', description: 'This installation' }],
    tags: [...used].sort().map((name) => ({ name, description: TAGS[name] ?? `Operations on ${name.toLowerCase()}.` })),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: components.toJson(),
  };
}

/** Two spaces and a line break at the end, as it is committed. */
export const printDocument = (document: OpenApiDocument): string => `${JSON.stringify(document, null, 2)}\n`;
