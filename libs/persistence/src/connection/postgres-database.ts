import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#kernel';
import pg from 'pg';
import { toDatabaseError } from '../database-error.js';
import type { ServiceSchema } from '../service-schema.js';
import type { DatabaseSettings } from '../settings.js';
import { Database, type ReadOptions } from '../unit-of-work.js';
import { poolConfig, ServiceDataSource } from './service-data-source.js';
import { type Reporting, Statements } from './statements.js';

/** Distinct texts kept parsed per connection. Searches are built from a few filters; more would only eat memory. */
const MAX_PREPARED = 200;
/**
 * Compiling a plan (jit) took 100 to 200 ms before statements of 5 ms, and with the default cost of random pages (4, for
 * spinning disks) a capped count read a tenth of the table instead of the text index.
 */
const SEARCH_PLANNING = ' -c plan_cache_mode=force_custom_plan -c jit=off -c random_page_cost=1.1';
/** How long a start waits for a database that is itself just starting. */
const START_PATIENCE_MS = 10_000;

export interface DatabaseOptions extends Reporting {
  startPatienceMs?: number;
}

export class PostgresDatabase extends Database {
  private searchPool: pg.Pool | undefined;
  private readonly prepared = new Map<string, string>();

  private constructor(
    private readonly schema: ServiceSchema,
    private readonly settings: DatabaseSettings,
    private readonly statements: Statements,
    override readonly dataSource: ServiceDataSource,
  ) {
    super();
  }

  /** Connects. Waits a little for a server that is not up yet, then throws `unavailable`. */
  static async open(
    schema: ServiceSchema,
    settings: DatabaseSettings,
    options: DatabaseOptions = {},
  ): Promise<PostgresDatabase> {
    const statements = new Statements(schema.service, settings.DATABASE_SLOW_MS, options);
    const giveUpAt = performance.now() + (options.startPatienceMs ?? START_PATIENCE_MS);
    for (;;) {
      const dataSource = new ServiceDataSource(schema, settings, statements);
      try {
        await dataSource.initialize();
        return new PostgresDatabase(schema, settings, statements, dataSource);
      } catch (thrown) {
        const error = toDatabaseError('connect', thrown);
        const mayComeUp = error instanceof AppError && error.kind === 'unavailable';
        if (!mayComeUp || performance.now() > giveUpAt) throw error;
        await sleep(200);
      }
    }
  }

  override async query<Row = Record<string, unknown>>(
    name: string,
    sql: string,
    parameters: readonly unknown[] = [],
    options: ReadOptions = {},
  ): Promise<Row[]> {
    const result = await this.statements.observe(name, () => this.send(sql, [...parameters], options, false));
    return result.rows as Row[];
  }

  override async queryText(
    name: string,
    sql: string,
    parameters: readonly unknown[] = [],
    options: ReadOptions = {},
  ): Promise<string> {
    const result = await this.statements.observe(name, () => this.send(sql, [...parameters], options, true));
    const first: unknown = result.rows[0];
    const text: unknown = Array.isArray(first) ? first[0] : undefined;
    if (typeof text !== 'string') throw new Error(`${name}: expected one text column in one row`);
    return text;
  }

  async close(): Promise<void> {
    const searchPool = this.searchPool;
    this.searchPool = undefined;
    await Promise.all([
      this.dataSource.isInitialized ? this.dataSource.destroy() : undefined,
      searchPool === undefined ? undefined : searchPool.end(),
    ]);
  }

  private send(text: string, values: unknown[], options: ReadOptions, asArray: boolean): Promise<{ rows: unknown[] }> {
    const pool = options.customPlan === true ? this.search() : this.dataSource.pool;
    const name = options.customPlan === true || options.prepared === true ? this.preparedName(text) : undefined;
    // pool.query drops a connection whose statement failed, so none comes back in an unknown state.
    return asArray
      ? pool.query<unknown[]>({ text, values, name, rowMode: 'array' })
      : pool.query<Record<string, unknown>>({ text, values, name });
  }

  private search(): pg.Pool {
    if (this.searchPool === undefined) {
      this.searchPool = new pg.Pool({
        ...poolConfig(this.schema, this.settings, SEARCH_PLANNING),
        max: this.settings.DATABASE_SEARCH_POOL_SIZE,
      });
      this.searchPool.on('error', (error) => {
        this.statements.connectionLost(error);
      });
    }
    return this.searchPool;
  }

  /** One name per text: pg refuses the same name with another text. Past the limit statements stay unnamed. */
  private preparedName(text: string): string | undefined {
    const known = this.prepared.get(text);
    if (known !== undefined || this.prepared.size >= MAX_PREPARED) return known;
    const name = createHash('sha1').update(text).digest('hex');
    this.prepared.set(text, name);
    return name;
  }
}
