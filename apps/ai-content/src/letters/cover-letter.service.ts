import { Inject, Injectable } from '@nestjs/common';
import {
  type CoverLetter,
  type GenerateCoverLetterRequest,
  type Generation,
  getPostingSnapshot,
  getProfile,
  RunGenerationV1,
  startCoverLetter,
} from '#contracts';
import { type Clock, invalid, newId, notFound } from '#kernel';
import { Idempotency, Outbox, RpcClient, type RpcContext } from '#messaging';
import { type DailyCap, EVERYBODY, takeFromDay, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { AI_CONTENT_SETTINGS, type AiContentSettings } from '../config.js';
import { GenerationEntity } from '../generations/generation.entity.js';
import { GenerationRepository } from '../generations/generation.repository.js';
import { GenerationService, toGeneration } from '../generations/generation.service.js';
import { CoverLetterEntity } from './cover-letter.entity.js';
import { CoverLetterRepository } from './cover-letter.repository.js';
import { writeCoverLetter } from './domain/offline-writer.js';
import { OFFLINE_MODEL, OFFLINE_PROVIDER } from './offline-provider.js';

/** Kept free at the end of a waiting request, so that the answer still gets back in time. */
const REPLY_MARGIN_MS = 300;

@Injectable()
export class CoverLetterService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly letters: CoverLetterRepository,
    private readonly generationRows: GenerationRepository,
    private readonly generations: GenerationService,
    private readonly outbox: Outbox,
    private readonly rpc: RpcClient,
    private readonly idempotency: Idempotency,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(AI_CONTENT_SETTINGS) private readonly settings: AiContentSettings,
  ) {}

  /** Stores what the letter is written from, and the work to write it, in one transaction. */
  async start(userId: string, request: GenerateCoverLetterRequest, context: RpcContext): Promise<Generation> {
    assertProvider(request);
    const [posting, profile] = await Promise.all([
      this.rpc.call(getPostingSnapshot, { posting_id: request.job_id }, context),
      this.rpc.call(getProfile, {}, context),
    ]);
    return this.idempotency.run(startCoverLetter, request, context, async (tx) => {
      const generation = Object.assign(new GenerationEntity(), {
        id: newId(),
        userId,
        kind: 'cover-letter' as const,
        status: 'queued' as const,
        postingId: posting.posting_id,
        provider: OFFLINE_PROVIDER,
        model: OFFLINE_MODEL,
        request,
        profile,
        posting,
        errorCode: null,
        errorMessage: null,
        createdAt: this.clock.now(),
        finishedAt: null,
      });
      await this.generationRows.insert(tx, generation);
      await this.outbox.add(
        tx,
        RunGenerationV1,
        { generation_id: generation.id, user_id: userId },
        { subject: generation.id, requestId: context.requestId },
      );
      await takeFromDay(tx, this.capsOf(userId), this.clock.now());
      return toGeneration(generation);
    });
  }

  private capsOf(userId: string): DailyCap[] {
    const { GENERATIONS_PER_DAY: mine, GENERATIONS_PER_DAY_OF_ALL: ofAll } = this.settings;
    return [
      { use: 'generation', who: userId, limit: mine, message: `At most ${mine} texts are written within 24 hours` },
      {
        use: 'generation',
        who: EVERYBODY,
        limit: ofAll,
        message: `At most ${ofAll} texts are written in this installation within 24 hours`,
      },
    ];
  }

  async generate(
    userId: string,
    request: GenerateCoverLetterRequest,
    context: RpcContext,
  ): Promise<CoverLetter | Generation> {
    const started = await this.start(userId, request, context);
    const patience = AbortSignal.timeout(Math.max(0, Math.floor(context.timeoutMs - REPLY_MARGIN_MS)));
    const generation = await this.generations.settle(userId, started.id, patience);
    if (generation.status !== 'succeeded') return toGeneration(generation);
    return this.get(userId, started.id);
  }

  /** @throws AppError NOT_FOUND, also for somebody else's letter. */
  async get(userId: string, id: string): Promise<CoverLetter> {
    const letter = await this.letters.find(userId, id);
    if (letter === null) throw notFound('The cover letter');
    return toCoverLetter(letter);
  }

  async list(userId: string, query: { page?: number; per_page?: number; job_id?: string }) {
    const page = query.page ?? 1;
    const perPage = query.per_page ?? 20;
    const { items, total } = await this.letters.list(userId, query.job_id, page, perPage);
    return {
      total,
      page,
      per_page: perPage,
      total_pages: Math.ceil(total / perPage),
      cover_letters: items.map(toCoverLetter),
    };
  }

  update(userId: string, id: string, content: string): Promise<CoverLetter> {
    return this.unitOfWork.run(async (tx) => {
      const letter = await this.letters.getOwnedForUpdate(tx, userId, id);
      if (letter.content !== content) {
        letter.content = content;
        letter.edited = true;
        letter.updatedAt = this.clock.now();
        await this.letters.save(tx, letter);
      }
      return toCoverLetter(letter);
    });
  }

  async delete(userId: string, id: string): Promise<void> {
    await this.get(userId, id);
    await this.generations.delete(userId, id);
  }

  async write(tx: Tx, generation: GenerationEntity): Promise<CoverLetterEntity> {
    const startedAt = this.clock.monotonicMs();
    const written = writeCoverLetter(generation.profile, generation.posting, generation.request);
    const now = this.clock.now();
    const letter = Object.assign(new CoverLetterEntity(), {
      id: generation.id,
      userId: generation.userId,
      postingId: generation.postingId,
      content: written.content,
      language: written.language,
      tone: generation.request.tone ?? 'professional',
      length: generation.request.length ?? 'medium',
      provider: generation.provider,
      model: generation.model,
      tokensUsed: 0,
      costUsd: '0',
      generationTimeMs: Math.round(this.clock.monotonicMs() - startedAt),
      grounding: written.grounding,
      edited: false,
      createdAt: now,
      updatedAt: now,
    });
    await this.letters.insert(tx, letter);
    return letter;
  }
}

function assertProvider(request: GenerateCoverLetterRequest): void {
  if (request.provider !== undefined && request.provider !== OFFLINE_PROVIDER) {
    throw invalid([{ field: 'provider', message: `must be one of: ${OFFLINE_PROVIDER} (see GET /ai/providers)` }]);
  }
  if (request.model !== undefined && request.model !== OFFLINE_MODEL) {
    throw invalid([{ field: 'model', message: `must be one of: ${OFFLINE_MODEL}` }]);
  }
}

const toCoverLetter = (letter: CoverLetterEntity): CoverLetter => ({
  id: letter.id,
  job_id: letter.postingId,
  content: letter.content,
  language: letter.language,
  tone: letter.tone,
  length: letter.length,
  provider: letter.provider,
  model: letter.model,
  tokens_used: letter.tokensUsed,
  cost: letter.costUsd === null ? null : Number(letter.costUsd),
  generation_time_ms: letter.generationTimeMs,
  grounding: letter.grounding,
  edited: letter.edited,
  created_at: letter.createdAt.toISOString(),
  updated_at: letter.updatedAt.toISOString(),
});
