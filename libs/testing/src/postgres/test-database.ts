import { createHash, randomBytes } from 'node:crypto';
import {
  closeDatabase,
  type DatabaseSettings,
  databaseSettings,
  grantOwnSchema,
  migrate,
  PostgresDatabase,
  PostgresUnitOfWork,
  type SchemaOwner,
  type ServiceSchema,
  type UnitOfWork,
  urlForRole,
} from '#persistence';
import { readSettings } from '#platform';
import pg from 'pg';
import { testPostgres } from './test-postgres.js';

/** Roles belong to the whole server, so all databases of a run share one password. */
export const TEST_ROLE_PASSWORD = 'test';

export interface OpenedService {
  database: PostgresDatabase;
  unitOfWork: UnitOfWork;
}

/** A migrated database of one suite. */
export interface TestDatabase {
  readonly name: string;
  readonly adminUrl: string;
  /** Address with the role of that service. */
  urlOf(owner: SchemaOwner): string;
  /** What PersistenceModule.forService wants. */
  settingsOf(owner: SchemaOwner, changes?: Partial<DatabaseSettings>): DatabaseSettings;
  /** Database and unit of work without Nest; closed by `drop`. */
  open(schema: ServiceSchema, changes?: Partial<DatabaseSettings>): Promise<OpenedService>;
  /** As the admin, who sees all schemas. */
  admin<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** An own database, copied from a template migrated once per run and set of migrations. */
export async function createTestDatabase(schemas: readonly ServiceSchema[]): Promise<TestDatabase> {
  const serverUrl = await testPostgres();
  const template = await templateFor(serverUrl, schemas);
  const name = `t_${randomBytes(6).toString('hex')}`;
  await withServer(serverUrl, (server) => server.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const adminUrl = withDatabase(serverUrl, name);
  const admin = new pg.Pool({ connectionString: adminUrl, max: 2, allowExitOnIdle: true });
  admin.on('error', () => undefined);
  // A copy does not inherit the rights on the database itself.
  await withServer(adminUrl, async (client) => {
    await closeDatabase(client);
    for (const schema of schemas) await grantOwnSchema(client, schema);
  });

  const opened: PostgresDatabase[] = [];
  const urlOf = (owner: SchemaOwner): string => urlForRole(adminUrl, owner, TEST_ROLE_PASSWORD);
  const settingsOf = (owner: SchemaOwner, changes: Partial<DatabaseSettings> = {}): DatabaseSettings => ({
    ...readSettings(databaseSettings, { DATABASE_URL: urlOf(owner) }),
    ...changes,
  });
  return {
    name,
    adminUrl,
    urlOf,
    settingsOf,
    open: async (schema, changes) => {
      const database = await PostgresDatabase.open(schema, settingsOf(schema.service, changes));
      opened.push(database);
      return { database, unitOfWork: new PostgresUnitOfWork(database.dataSource) };
    },
    admin: async <Row extends pg.QueryResultRow>(sql: string, parameters?: unknown[]) =>
      (await admin.query<Row>(sql, parameters)).rows,
    drop: async () => {
      await Promise.all(opened.map((database) => database.close()));
      await admin.end();
      await withServer(serverUrl, (server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** An empty database on the run's server, for what tests migrations themselves. */
export async function createEmptyDatabase(): Promise<{ adminUrl: string; drop: () => Promise<void> }> {
  const serverUrl = await testPostgres();
  const name = `t_${randomBytes(6).toString('hex')}`;
  await withServer(serverUrl, (server) => server.query(`CREATE DATABASE ${name}`));
  return {
    adminUrl: withDatabase(serverUrl, name),
    drop: async () => {
      await withServer(serverUrl, (server) => server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

const TEMPLATE_LOCK = 7_161_117;

async function templateFor(serverUrl: string, schemas: readonly ServiceSchema[]): Promise<string> {
  const name = `template_${fingerprint(schemas)}`;
  await withServer(serverUrl, async (server) => {
    // Other workers want the same template; the lock goes with the connection.
    await server.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 1) return;
    const draft = `${name}_draft`;
    await server.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await server.query(`CREATE DATABASE ${draft}`);
    await migrate({
      adminUrl: withDatabase(serverUrl, draft),
      schemas,
      rolePasswords: Object.fromEntries(schemas.map(({ service }) => [service, TEST_ROLE_PASSWORD])),
    });
    // Renamed when complete: a killed run on a lasting server leaves no half template.
    await server.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  });
  return name;
}

/** Changes with the text of any migration, so a lasting server never serves an old template. */
function fingerprint(schemas: readonly ServiceSchema[]): string {
  const hash = createHash('sha256');
  for (const schema of [...schemas].sort((a, b) => a.service.localeCompare(b.service))) {
    hash.update(`\n${schema.service}`);
    for (const migration of schema.migrations) hash.update(`\n${migration.toString()}`);
  }
  return hash.digest('hex').slice(0, 16);
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function withServer<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
