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

/** Reads outside a transaction. */
export abstract class Database implements Queryable {
  abstract readonly dataSource: DataSource;
  abstract query<Row = Record<string, unknown>>(
    name: string,
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
}

export abstract class UnitOfWork {
  /** Commits when `work` resolves, rolls back when it rejects. Serialisation failures and deadlocks are tried again (3×). */
  abstract run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
