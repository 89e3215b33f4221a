import 'reflect-metadata';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { assertNoDrift, createTestDatabase, type TestDatabase } from '#testing';
import { allSchemas } from '../src/compose.js';

describe('migrations, and what the code expects,', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase(allSchemas);
  }, 120_000);
  afterAll(() => db.drop());

  it.each(allSchemas.map((schema) => [schema.service, schema] as const))('agree in %s', async (_service, schema) => {
    await assertNoDrift(db.adminUrl, [schema]);
  });
});
