import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compileSchema } from '#contracts';
import { packageVersion } from '#platform';
import { gatewayControllers } from '../controllers.js';
import { operationsOf } from '../http/endpoint.js';
import { accessTable } from './access-table.js';
import { buildDocument, printDocument } from './document.js';

const operations = operationsOf(gatewayControllers);

describe('docs/api/access.md', () => {
  it('is what the declared operations produce: whoever opens a route shows it in the review', () => {
    expect(readFileSync('docs/api/access.md', 'utf8')).toBe(accessTable(operations));
  });
});

describe('docs/api/openapi.json', () => {
  it('is what the declared operations produce (npm run sync-docs writes it anew)', () => {
    const committed = readFileSync('docs/api/openapi.json', 'utf8');
    expect(committed === printDocument(buildDocument(operations, packageVersion()))).toBe(true);
  });

  it.each(operations.map((spec) => [spec.operationId, spec] as const))('%s: its examples are valid', (_id, spec) => {
    const { body, bodyExample, response, responseExample } = spec;
    if (body !== undefined) expect(compileSchema(body).problems(bodyExample)).toEqual([]);
    if (response !== undefined && responseExample !== undefined) {
      expect(compileSchema(response).problems(responseExample)).toEqual([]);
    }
  });

  const answers = operations.flatMap(({ operationId, response, alternative }) =>
    [response, alternative?.response].flatMap((schema) =>
      schema === undefined ? [] : [[operationId, schema] as const],
    ),
  );
  it.each(answers)('%s: an answer with a member more is not as documented', (_id, schema) => {
    const problems = compileSchema(schema).problems({ password_hash: 'x' });
    expect(problems).toContainEqual({ field: 'password_hash', message: 'is not a known field' });
  });
});
