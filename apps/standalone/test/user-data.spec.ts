import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withMessaging } from '#messaging';
import { schemaNameOf, type ServiceSchema, type UserData } from '#persistence';
import { createTestDatabase, type TestDatabase } from '#testing';
import { allSchemas } from '../src/compose.js';

/** Names under which a column may hold the id of a person. */
const PERSON =
  /(^|_)(user|owner|account|person|member|sender|receiver|recipient|requester|actor|author|creator|low|high)_id$|_by$/;

const services = allSchemas.filter(({ service }) => service !== 'bus');
const EMPTY: UserData = { tables: [], otherTables: {} };
const declared = ({ userData = EMPTY }: ServiceSchema): UserData => withMessaging(userData);

/** Everything that is wrong with one declaration, as a sentence that says what to do. */
function problems(schema: ServiceSchema, columns: ReadonlyMap<string, readonly string[]>): string[] {
  const { tables, otherTables } = declared(schema);
  const where = `apps/*/src/user-data.ts of ${schema.service}`;
  const found: string[] = [];
  for (const [table, names] of columns) {
    const entries = tables.filter((one) => one.table === table);
    const isOther = Object.hasOwn(otherTables, table);
    if (entries.length === 0 && !isOther) found.push(`${table} is in no list: say in ${where} whose rows it holds`);
    for (const column of names.filter((name) => PERSON.test(name))) {
      const isNamed = entries.some(
        ({ mine, otherPeople = {} }) => new RegExp(`\\b${column}\\b`).test(mine) || Object.hasOwn(otherPeople, column),
      );
      if (entries.length > 0 && !isNamed) found.push(`${table}.${column} holds a person that ${where} does not name`);
      if (isOther)
        found.push(`${table}.${column} holds a person, and ${where} says the table has nothing to do with any`);
    }
    for (const { leftOut = {}, otherPeople = {} } of entries) {
      for (const column of Object.keys({ ...leftOut, ...otherPeople })) {
        if (!names.includes(column)) found.push(`${table}.${column} does not exist any more; take it out of ${where}`);
      }
    }
  }
  for (const table of [...tables.map((one) => one.table), ...Object.keys(otherTables)]) {
    if (!columns.has(table)) found.push(`${table} does not exist any more; take it out of ${where}`);
  }
  return found;
}

describe('what services declare about people', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase(allSchemas);
  }, 120_000);
  afterAll(() => db.drop());

  const columnsOf = async ({ service }: ServiceSchema): Promise<Map<string, string[]>> => {
    const rows = await db.admin<{ table: string; columns: string[] }>(
      `SELECT c.table_name::text AS "table", array_agg(c.column_name::text) AS columns
       FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
       WHERE c.table_schema = $1 AND t.table_type = 'BASE TABLE' GROUP BY c.table_name`,
      [schemaNameOf(service)],
    );
    return new Map(rows.map(({ table, columns }) => [table, columns]));
  };

  it.each(services.map((schema) => [schema.service, schema] as const))(
    '%s: every table of the migrated database says whose it is',
    async (_service, schema) => {
      const columns = await columnsOf(schema);
      expect(columns.size).toBeGreaterThan(7);
      expect(problems(schema, columns)).toEqual([]);
    },
  );

  it.each(services.map((schema) => [schema.service, schema] as const))(
    '%s: every condition is one the database understands, and finds nothing of somebody who never was',
    async (service, schema) => {
      const { database } = await db.open(schema);
      for (const { table, mine } of declared(schema).tables) {
        const sql = `SELECT count(*)::int AS rows FROM ${table} WHERE ${mine}`;
        const found = await database.query(`coverage.${table}`, sql, ['01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9dff']);
        expect([service, table, found]).toEqual([service, table, [{ rows: 0 }]]);
      }
    },
  );

  it('finds a new table, a new column and a forgotten one', async () => {
    const schema = services.find(({ service }) => service === 'notifications');
    if (schema === undefined) throw new Error('no notifications');
    const columns = await columnsOf(schema);
    columns.set('device', ['id', 'owner_id']);
    columns.set('inbox', ['message_id', 'actor_id']);
    columns.set('notification', ['user_id', 'sender_id']);
    columns.delete('outbox');
    expect(problems(schema, columns).map((text) => text.split(/[ :]/, 1)[0])).toEqual([
      'inbox.actor_id',
      'notification.sender_id',
      'device',
      'outbox',
    ]);
  });
});
