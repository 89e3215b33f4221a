import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, type Clock } from '#kernel';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { CatalogueRepository } from './catalogue.repository.js';

/** A batch takes well under a second; an import over HTTP is given 30 s in all. */
const LONGEST_WAIT_MS = 25_000;

/** Opens the transaction the work runs in, e.g. one that remembers its answer under an idempotency key. */
export type OpenTransaction<T> = (work: (tx: Tx) => Promise<T>) => Promise<T>;

/** Undoes an attempt: another replica has the lock. Not an error of anybody. */
class LockIsTaken extends Error {}

/** Whatever decides which openings there are does so one after the other, over all replicas. */
@Injectable()
export class IngestionTurn {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly catalogue: CatalogueRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In this process one waits for the other here and not at the lock, which is for other replicas. */
  take<T>(
    work: (tx: Tx) => Promise<T>,
    {
      open = (inside) => this.unitOfWork.run(inside),
      signal,
    }: { open?: OpenTransaction<T>; signal?: AbortSignal } = {},
  ): Promise<T> {
    const mine = this.last.then(() => this.whenFree(open, work, signal));
    this.last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  /** For who is in a transaction that cannot be begun again: it fails, and is repeated as a whole. */
  async takeWithin(tx: Tx): Promise<void> {
    if (!(await this.catalogue.tryLock(tx))) throw busy();
  }

  /** Between tries no transaction is open and no connection held, however slow the replica is that has the lock. */
  private async whenFree<T>(
    open: OpenTransaction<T>,
    work: (tx: Tx) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const giveUpAt = this.clock.monotonicMs() + LONGEST_WAIT_MS;
    for (;;) {
      try {
        return await open(async (tx) => {
          if (!(await this.catalogue.tryLock(tx))) throw new LockIsTaken();
          return work(tx);
        });
      } catch (error) {
        if (!(error instanceof LockIsTaken)) throw error;
      }
      if (signal?.aborted === true || this.clock.monotonicMs() > giveUpAt) throw busy();
      // Jitter, so that several replicas do not keep meeting.
      await sleep(20 + Math.random() * 60);
    }
  }
}

const busy = (): AppError =>
  new AppError({
    code: 'SERVICE_UNAVAILABLE',
    kind: 'unavailable',
    message: 'Other postings are being stored right now; try again in a moment.',
    retryAfterMs: 5_000,
  });
