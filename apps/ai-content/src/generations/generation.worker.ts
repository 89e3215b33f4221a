import { Controller } from '@nestjs/common';
import { ContentFailedV1, ContentGeneratedV1, type Envelope, RunGenerationV1, type Static } from '#contracts';
import { OnCommand, Outbox, type WorkContext } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CoverLetterService } from '../letters/cover-letter.service.js';
import type { GenerationEntity } from './generation.entity.js';
import { GenerationService } from './generation.service.js';

type RunGeneration = Envelope<Static<typeof RunGenerationV1.data>>;

/** Pulls queued generations; any replica may take any of them. */
@Controller()
export class GenerationWorker {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly generations: GenerationService,
    private readonly letters: CoverLetterService,
    private readonly outbox: Outbox,
  ) {}

  @OnCommand(RunGenerationV1, { concurrency: 4 })
  async run(command: RunGeneration, work: WorkContext): Promise<void> {
    try {
      await this.unitOfWork.run((tx) => this.write(tx, command, work));
    } catch (error) {
      if (!work.lastAttempt) throw error;
      // Whoever waits for it learns that it failed; the message still goes to the dead letters with the reason.
      await this.unitOfWork.run((tx) => this.giveUp(tx, command, work));
      throw error;
    } finally {
      this.generations.announce(command.data.generation_id);
    }
  }

  private async write(tx: Tx, command: RunGeneration, work: WorkContext): Promise<void> {
    const generation = await this.generations.claim(tx, command.data.generation_id);
    if (generation !== null) {
      const letter = await this.letters.write(tx, generation);
      await this.generations.finish(tx, generation, null);
      await this.outbox.add(
        tx,
        ContentGeneratedV1,
        {
          ...factsOf(generation),
          tokens_used: letter.tokensUsed,
          cost_usd: letter.costUsd === null ? null : Number(letter.costUsd),
        },
        { subject: generation.id, requestId: work.requestId, causationId: command.id },
      );
    }
    await work.done(tx);
  }

  private async giveUp(tx: Tx, command: RunGeneration, work: WorkContext): Promise<void> {
    const generation = await this.generations.claim(tx, command.data.generation_id);
    if (generation === null) return;
    const failure = { code: 'GENERATION_FAILED', message: 'The text could not be written. Please try again.' };
    await this.generations.finish(tx, generation, failure);
    await this.outbox.add(
      tx,
      ContentFailedV1,
      { ...factsOf(generation), code: failure.code },
      { subject: generation.id, requestId: work.requestId, causationId: command.id },
    );
  }
}

const factsOf = (generation: GenerationEntity) => ({
  user_id: generation.userId,
  generation_id: generation.id,
  generation_kind: generation.kind,
  posting_id: generation.postingId,
  provider: generation.provider,
});
