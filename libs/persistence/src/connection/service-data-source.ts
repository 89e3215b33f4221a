import pg from 'pg';
import { DataSource, type DataSourceOptions, type QueryRunner, type ReplicationMode } from 'typeorm';
import { MIGRATIONS_TABLE, type ServiceSchema, schemaNameOf } from '../service-schema.js';
import type { DatabaseSettings } from '../settings.js';
import { QuietLogger } from './quiet-logger.js';
import type { Statements } from './statements.js';

const CONNECT_TIMEOUT_MS = 3000;
/** A transaction nobody works on holds locks and bloats tables. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** How much later than the server the client gives up; only a silent network gets this far. */
const CLIENT_PATIENCE_MS = 2000;

type Query = (sql: string, parameters?: unknown[], structured?: boolean) => Promise<unknown>;

/** Settings of each connection of a service. */
export function poolConfig(schema: ServiceSchema, settings: DatabaseSettings, more = ''): pg.PoolConfig {
  return {
    connectionString: settings.DATABASE_URL,
    // TypeORM's `schema` does not reach raw SQL: the search path does.
    options: `-c search_path=${schemaNameOf(schema.service)},public${more}`,
    application_name: `career-copilot ${schema.service}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: settings.DATABASE_STATEMENT_TIMEOUT_MS,
    query_timeout: settings.DATABASE_STATEMENT_TIMEOUT_MS + CLIENT_PATIENCE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    max: settings.DATABASE_POOL_SIZE,
  };
}

/**
 * TypeORM's DataSource whose query runners report to `Statements`. Everything TypeORM does goes through a runner, so
 * no error with parameter values leaves this class, whoever ran the statement.
 */
export class ServiceDataSource extends DataSource {
  private readonly queries = new WeakMap<QueryRunner, Query>();

  constructor(
    schema: ServiceSchema,
    settings: DatabaseSettings,
    private readonly statements: Statements,
  ) {
    super(optionsOf(schema, settings, statements));
  }

  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const runner = super.createQueryRunner(mode);
    const query: Query = runner.query.bind(runner);
    this.queries.set(runner, query);
    const observed: Query = (sql, parameters, structured) =>
      this.statements.observe(nameOf(sql), () => query(sql, parameters, structured));
    Object.defineProperty(runner, 'query', { value: observed });
    return runner;
  }

  /** A hand-written statement on the runner's connection, under its own name. */
  async queryOn(
    runner: QueryRunner,
    name: string,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<unknown[]> {
    const query = this.queries.get(runner);
    if (query === undefined) throw new Error('the query runner belongs to another data source');
    // The structured result, because the plain one is [rows, count] for UPDATE and DELETE.
    const result = await this.statements.observe(name, () => query(sql, [...parameters], true));
    const records: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'records') : undefined;
    return Array.isArray(records) ? (records as unknown[]) : [];
  }

  /** The pool TypeORM made. */
  get pool(): pg.Pool {
    const pool: unknown = Reflect.get(this.driver, 'master');
    if (!(pool instanceof pg.Pool)) throw new Error('the data source is not initialised');
    return pool;
  }
}

function optionsOf(schema: ServiceSchema, settings: DatabaseSettings, statements: Statements): DataSourceOptions {
  const { connectionString, connectionTimeoutMillis, application_name, max, ...extra } = poolConfig(schema, settings);
  return {
    type: 'postgres',
    driver: pg,
    url: connectionString,
    connectTimeoutMS: connectionTimeoutMillis,
    applicationName: application_name,
    poolSize: max,
    extra,
    schema: schemaNameOf(schema.service),
    entities: [...schema.entities],
    migrations: [...schema.migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    // The role may not create extensions; the migration runner does.
    installExtensions: false,
    synchronize: false,
    logger: new QuietLogger(),
    poolErrorHandler: (error: unknown) => {
      statements.connectionLost(error);
    },
  };
}

/** `SELECT "u"."id" … FROM "identity"."users" …` is `orm.select identity.users`. */
function nameOf(sql: string): string {
  const verb = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? 'statement';
  const table = /\b(?:FROM|INTO|UPDATE)\s+("?[\w]+"?(?:\."?\w+"?)?)/i.exec(sql)?.[1]?.replaceAll('"', '');
  return table === undefined ? `orm.${verb}` : `orm.${verb} ${table}`;
}
