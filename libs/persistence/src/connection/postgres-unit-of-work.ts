import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, faultPoint } from '#kernel';
import type { Logger } from '#platform';
import type { QueryRunner } from 'typeorm';
import { isTransactionConflict, toDatabaseError, unavailable } from '../database-error.js';
import { takeAfterCommitHooks, Tx, UnitOfWork } from '../unit-of-work.js';
import type { ServiceDataSource } from './service-data-source.js';

const ATTEMPTS = 3;

/** One for all services of the process: in standalone an rpc inside a transaction would open one in another service. */
const current = new AsyncLocalStorage<{ open: boolean }>();

/** Whether the caller is inside a transaction, where nothing but the database may be called. */
export const insideTransaction = (): boolean => current.getStore()?.open ?? false;

export class PostgresUnitOfWork extends UnitOfWork {
  constructor(
    private readonly dataSource: ServiceDataSource,
    private readonly logger?: Logger,
  ) {
    super();
  }

  override async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (insideTransaction()) {
      throw new Error('UnitOfWork.run inside a transaction: pass the open Tx on, or call it after the commit.');
    }
    faultPoint('tx.before');
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { result, hooks } = await this.attempt(work);
        faultPoint('tx.after_commit_before_wake');
        this.wake(hooks);
        return result;
      } catch (error) {
        if (!isTransactionConflict(error)) throw error;
        if (attempt === ATTEMPTS) throw unavailable('transaction', `${ATTEMPTS} conflicts in a row`);
        // Jitter: two that met in a deadlock must not meet again.
        await sleep(Math.random() * 20 * attempt ** 2);
      }
    }
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<{ result: T; hooks: readonly (() => void)[] }> {
    const runner = this.dataSource.createQueryRunner();
    const state = { open: true };
    const tx = new Tx(runner.manager, async (name, sql, parameters) => {
      if (!state.open) throw new Error(`${name}: the transaction has ended; was a promise not awaited?`);
      return this.dataSource.queryOn(runner, name, sql, parameters);
    });
    try {
      await runner.startTransaction();
      const result = await current.run(state, () => work(tx));
      state.open = false;
      await runner.commitTransaction();
      return { result, hooks: takeAfterCommitHooks(tx) };
    } catch (thrown) {
      state.open = false;
      const error = toDatabaseError('transaction', thrown);
      await this.abandon(runner, error);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private async abandon(runner: QueryRunner, error: unknown): Promise<void> {
    if (runner.isReleased || !runner.isTransactionActive) return;
    try {
      if (error instanceof AppError && error.kind === 'unavailable') await this.discardConnection(runner);
      else await runner.rollbackTransaction();
    } catch (thrown) {
      // The server rolls back what has lost its connection; the first error is the one to report.
      const failure = toDatabaseError('rollback', thrown);
      this.logger?.warn('rollback failed', {}, failure);
      await this.discardConnection(runner);
    }
  }

  /**
   * A connection that did not answer in time would give its late answer to the next one who takes it from the pool.
   * The driver removes a connection that reports an error, so it is made to report one.
   */
  private async discardConnection(runner: QueryRunner): Promise<void> {
    if (runner.isReleased) return;
    // The same promise again, rejected when there never was a connection: nothing to discard then.
    const client: unknown = await runner.connect().catch(() => undefined);
    if (client instanceof EventEmitter) client.emit('error', new Error('discarded after a failed transaction'));
  }

  private wake(hooks: readonly (() => void)[]): void {
    for (const hook of hooks) {
      try {
        hook();
      } catch (error) {
        // Committed is committed: a failed wake-up is made good by polling.
        this.logger?.warn('after-commit hook failed', {}, error);
      }
    }
  }
}
