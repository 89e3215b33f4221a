import type { ServiceSchema } from '../service-schema.js';
import { withSchemaSource } from './schema-source.js';

/**
 * What TypeORM would change to make the migrated database fit the entities; empty when they agree. Indexes and
 * constraints written in SQL that a decorator cannot express are declared with `synchronize: false`.
 */
export async function schemaDrift(adminUrl: string, schemas: readonly ServiceSchema[]): Promise<string[]> {
  const differences: string[] = [];
  for (const schema of schemas) {
    const queries = await withSchemaSource(adminUrl, schema, (source) => source.driver.createSchemaBuilder().log());
    differences.push(...queries.upQueries.map(({ query }) => `${schema.service}: ${query}`));
  }
  return differences;
}
