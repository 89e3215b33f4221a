import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Generation } from '#contracts';
import type { Clock } from '#kernel';
import { UnitOfWork, type Tx } from '#persistence';
import { CLOCK } from '#platform';
import type { GenerationEntity } from './generation.entity.js';
import { GenerationRepository } from './generation.repository.js';

/** How often a waiting request looks whether another replica has finished the work. */
const POLL_MS = 200;

@Injectable()
export class GenerationService {
  /** Wakes the requests of this replica at once; the poll covers work done elsewhere. */
  private readonly finished = new EventEmitter().setMaxListeners(0);

  constructor(
    private readonly generations: GenerationRepository,
    private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async get(userId: string, id: string): Promise<Generation> {
    return toGeneration(await this.generations.getOwned(userId, id));
  }

  /** Waits until it is finished or the signal fires, and answers it as it then stands. */
  async settle(userId: string, id: string, signal: AbortSignal): Promise<GenerationEntity> {
    for (;;) {
      const generation = await this.generations.getOwned(userId, id);
      if (generation.finishedAt !== null || signal.aborted) return generation;
      const waiting = new AbortController();
      const options = { signal: AbortSignal.any([signal, waiting.signal]) };
      // Both reject when aborted; that only means that there is nothing more to wait for.
      await Promise.race([once(this.finished, id, options), sleep(POLL_MS, undefined, options)]).catch(ignoreAbort);
      waiting.abort();
    }
  }

  /** Null when there is nothing left to do: finished before, or deleted by its owner. */
  async claim(tx: Tx, id: string): Promise<GenerationEntity | null> {
    const generation = await this.generations.getForUpdate(tx, id);
    return generation === null || generation.finishedAt !== null ? null : generation;
  }

  async finish(tx: Tx, generation: GenerationEntity, failure: { code: string; message: string } | null): Promise<void> {
    generation.status = failure === null ? 'succeeded' : 'failed';
    generation.errorCode = failure?.code ?? null;
    generation.errorMessage = failure?.message ?? null;
    generation.finishedAt = this.clock.now();
    await this.generations.save(tx, generation);
  }

  announce(id: string): void {
    this.finished.emit(id);
  }

  /** Also withdraws one that is still queued: the worker then finds nothing to do. */
  delete(userId: string, id: string): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      await this.generations.getOwned(userId, id);
      await this.generations.delete(tx, id);
    });
  }
}

function ignoreAbort(error: unknown): void {
  if (error instanceof Error && error.name === 'AbortError') return;
  throw error;
}

export const toGeneration = (generation: GenerationEntity): Generation => ({
  id: generation.id,
  kind: generation.kind,
  status: generation.status,
  job_id: generation.postingId,
  provider: generation.provider,
  error:
    generation.errorCode === null
      ? null
      : { code: generation.errorCode, message: generation.errorMessage ?? generation.errorCode },
  created_at: generation.createdAt.toISOString(),
  finished_at: generation.finishedAt?.toISOString() ?? null,
});
