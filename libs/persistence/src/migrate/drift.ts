import type { DataSource } from 'typeorm';
import { type DescribedTables, schemaNameOf, type ServiceSchema } from '../service-schema.js';
import { withSchemaSource } from './schema-source.js';

/**
 * What differs between the migrated database and what the code expects; empty when they agree. For entities that is
 * what TypeORM would change; indexes and constraints written in SQL that a decorator cannot express are declared with
 * `synchronize: false`. Tables without entities are compared with their description, column by column.
 */
export async function schemaDrift(adminUrl: string, schemas: readonly ServiceSchema[]): Promise<string[]> {
  const differences: string[] = [];
  for (const schema of schemas) {
    await withSchemaSource(adminUrl, schema, async (source) => {
      const queries = await source.driver.createSchemaBuilder().log();
      differences.push(...queries.upQueries.map(({ query }) => `${schema.service}: ${query}`));
      const described = await describedDrift(source, schema);
      differences.push(...described.map((difference) => `${schema.service}: ${difference}`));
    });
  }
  return differences;
}

async function describedDrift(source: DataSource, schema: ServiceSchema): Promise<string[]> {
  const expected = columnsOf(schema.tables ?? {});
  if (expected.size === 0) return [];
  const rows = await source.query<{ name: string; type: string }[]>(
    `SELECT c.relname || '.' || a.attname AS name,
            format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
              || CASE WHEN a.attgenerated = 's' THEN ' GENERATED' ELSE '' END AS type
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND c.relname = ANY ($2)
       AND a.attnum > 0 AND NOT a.attisdropped`,
    [schemaNameOf(schema.service), Object.keys(schema.tables ?? {})],
  );
  const found = new Map(rows.map(({ name, type }) => [name, type]));
  const names = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return names
    .filter((name) => expected.get(name) !== found.get(name))
    .map((name) => `${name} is ${found.get(name) ?? 'missing'}, described as ${expected.get(name) ?? 'nothing'}`);
}

const columnsOf = (tables: DescribedTables): Map<string, string> =>
  new Map(
    Object.entries(tables).flatMap(([table, columns]) =>
      Object.entries(columns).map(([column, type]) => [`${table}.${column}`, type] as const),
    ),
  );
