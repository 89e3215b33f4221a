import type { DataSource, EntityManager, EntityTarget, ObjectLiteral, Repository } from 'typeorm';

/** Something that runs SQL. `name` is what logs and metrics show; values are never logged. */
export interface Queryable {
  query<Row = Record<string, unknown>>(name: string, sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/**
 * An open transaction. Repositories and the outbox take it as a required argument, so that leaving the transaction by
 * accident does not compile. Nothing outside the database is called while it is open.
 */
export class Tx implements Queryable {
  constructor(
    readonly manager: EntityManager,
    private readonly run: (name: string, sql: string, parameters?: readonly unknown[]) => Promise<unknown>,
  ) {}

  /** Always answers rows, also for UPDATE and DELETE (without RETURNING: none). */
  async query<Row = Record<string, unknown>>(
    name: string,
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]> {
    return (await this.run(name, sql, parameters)) as Row[];
  }

  repository<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>): Repository<Entity> {
    return this.manager.getRepository(entity);
  }
}

export interface ReadOptions {
  /**
   * Plans every execution with the values at hand, on a pool of its own, with the text parsed once per connection.
   * For search: a generic plan made selective queries 20 times slower.
   */
  customPlan?: boolean;
  /**
   * Parsed, and soon planned, once per connection. For what is asked all the time and finds its rows the same way
   * whatever the values are.
   */
  prepared?: boolean;
}

/** Reads (and single statements) outside a transaction. Lost connections are AppError `unavailable`, retryable. */
export abstract class Database implements Queryable {
  abstract readonly dataSource: DataSource;

  abstract query<Row = Record<string, unknown>>(
    name: string,
    sql: string,
    parameters?: readonly unknown[],
    options?: ReadOptions,
  ): Promise<Row[]>;

  /**
   * First column of the first row as text, untouched: JSON built in SQL goes to the reply as it is. The statement must
   * answer exactly such a column (`…::text`); no row or NULL is an error.
   */
  abstract queryText(
    name: string,
    sql: string,
    parameters?: readonly unknown[],
    options?: ReadOptions,
  ): Promise<string>;
}

export abstract class UnitOfWork {
  /**
   * Commits when `work` resolves, rolls back when it rejects. Serialisation failures and deadlocks are tried again
   * (3× in all), so `work` must have no effect outside the database. A run inside a run is a mistake and throws.
   */
  abstract run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

const hooks = new WeakMap<Tx, (() => void)[]>();

/** Runs `hook` once after this transaction has committed, never after a rollback. For wake-ups that may be lost. */
export function afterCommit(tx: Tx, hook: () => void): void {
  const registered = hooks.get(tx);
  if (registered === undefined) hooks.set(tx, [hook]);
  else registered.push(hook);
}

export function takeAfterCommitHooks(tx: Tx): readonly (() => void)[] {
  const registered = hooks.get(tx) ?? [];
  hooks.delete(tx);
  return registered;
}
