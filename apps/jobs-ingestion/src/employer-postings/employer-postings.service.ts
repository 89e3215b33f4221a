import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import {
  createPosting,
  type CreatePostingBody,
  CUSTOM_SOURCE,
  type JobDetail,
  MatchPostingsV1,
  PostingCreatedV1,
  type UpdatePostingRequest,
} from '#contracts';
import { AppError, type Clock, conflict, newId, notFound } from '#kernel';
import { Idempotency, Outbox, type RpcContext } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import { CatalogueRepository } from '../ingestion/catalogue.repository.js';
import { type BatchPlan, type IncomingPosting, planBatch } from '../ingestion/domain/plan-batch.js';
import { IngestionTurn } from '../ingestion/ingestion-turn.js';
import { factsOf } from '../ingestion/posting-facts.js';
import { employerOf } from '../only-employers.js';
import { changedStatement, type Statement, statementOf } from './domain/statement.js';
import { EmployerPostingRepository, type Met, type Opening, type Standing } from './employer-posting.repository.js';
import { readStatement } from './read-statement.js';
import { SpeakerService } from './speaker.service.js';
import { WithdrawalService } from './withdrawal.service.js';

/** Standing postings of one account: a company's careers page has fewer, a script that runs wild has more. */
const MOST_POSTINGS = 500;

/** Openings that employers publish here, kept once like all others: docs/adr has what happens when they meet. */
@Injectable()
export class EmployerPostingsService {
  constructor(
    private readonly turn: IngestionTurn,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
    private readonly catalogue: CatalogueRepository,
    private readonly postings: EmployerPostingRepository,
    private readonly speaker: SpeakerService,
    private readonly withdrawal: WithdrawalService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async publish(request: CreatePostingBody, context: RpcContext): Promise<JobDetail> {
    const { userId } = employerOf(context);
    const statement = statementOf(request, this.clock.now());
    const id = newId();
    const incoming = readStatement(statement, id, this.clock.now());
    const open = (work: (tx: Tx) => Promise<JobDetail>) => this.idempotency.run(createPosting, request, context, work);
    const store = async (tx: Tx): Promise<JobDetail> => {
      if ((await this.postings.countOf(tx, userId)) >= MOST_POSTINGS) throw tooMany();
      const plan = await this.plan(tx, incoming, userId);
      const [created] = plan.created;
      const postingId = created?.id ?? plan.duplicates[0]?.postingId;
      if (postingId === undefined) throw new Error('a posting is either new or known');
      const now = this.clock.now();
      await this.catalogue.insertPostings(tx, plan.created, now.toISOString());
      await this.catalogue.insertSightings(tx, plan, null, now.toISOString());
      const isNew = created !== undefined;
      const confirmed = isNew && (await this.speaker.isConfirmed(tx, userId, incoming, statement.url));
      await this.postings.insert(tx, { id, postingId, ownerId: userId, statement, confirmed, speaks: isNew }, now);
      if (isNew) await this.tellNew(tx, postingId, incoming, context);
      else await this.speaker.settle(tx, postingId, { changed: ['employer_confirmed'], requestId: context.requestId });
      return this.postings.detail(tx, postingId, userId);
    };
    return this.turn.take(store, { open, signal: context.signal });
  }

  async change({ posting_id: postingId, version, ...changes }: UpdatePostingRequest, context: RpcContext) {
    const { userId } = employerOf(context);
    const change = async (tx: Tx): Promise<JobDetail> => {
      const { standing, ...posting } = await this.lockOwn(tx, postingId, context);
      if (version !== undefined && version !== posting.version) throw staleVersion(posting.version);
      const now = this.clock.now();
      const statement = changedStatement(standing.statement, changes, now);
      if (!isDeepStrictEqual(statement, standing.statement) || !posting.isOpen) {
        await this.store(tx, standing, statement, now, context);
      }
      return this.postings.detail(tx, postingId, userId);
    };
    return this.turn.take(change, { signal: context.signal });
  }

  async withdraw(postingId: string, context: RpcContext): Promise<void> {
    const { userId } = employerOf(context);
    const withdraw = async (tx: Tx): Promise<void> => {
      const { standing } = await this.lockOwn(tx, postingId, context);
      const reason = standing.ownerId === userId ? 'gone' : 'admin';
      await this.withdrawal.withdraw(tx, standing, reason, context.requestId);
    };
    await this.turn.take(withdraw, { signal: context.signal });
  }

  /**
   * New, or an opening a source has shown. What has the words of another employer is no candidate: two of them never
   * write into each other's postings.
   */
  private async plan(tx: Tx, incoming: IncomingPosting, userId: string): Promise<BatchPlan> {
    const candidates = await this.catalogue.candidates(tx, [incoming]);
    const found = await this.postings.meet(
      tx,
      candidates.map(({ id }) => id),
      userId,
    );
    const planWith = (isMeant: (posting: Met) => boolean): BatchPlan => {
      const meant = new Set(found.filter(isMeant).map(({ postingId }) => postingId));
      return planBatch(
        [incoming],
        [],
        candidates.filter(({ id }) => meant.has(id)),
        newId,
      );
    };
    const [own] = planWith(({ isMine }) => isMine).duplicates;
    if (own !== undefined) throw publishedBefore(own.postingId);
    return planWith(({ isMine, isSpokenFor, isOpen }) => !isMine && !isSpokenFor && isOpen);
  }

  private async store(
    tx: Tx,
    standing: Standing,
    statement: Statement,
    now: Date,
    { requestId }: RpcContext,
  ): Promise<void> {
    const { postingId, speaks } = standing;
    const incoming = readStatement(statement, standing.id, now);
    await this.postings.change(tx, standing, statement, incoming, now);
    const changed: string[] = [];
    if (speaks) {
      if (await this.postings.reopen(tx, postingId, now)) changed.push('reopened');
      changed.push(...(await this.speaker.write(tx, standing, incoming)));
    }
    // He may name another company now.
    await this.speaker.settle(tx, postingId, { changed, requestId });
  }

  private async tellNew(tx: Tx, postingId: string, { posting }: IncomingPosting, { requestId }: RpcContext) {
    const told = { subject: postingId, requestId };
    await this.outbox.add(tx, PostingCreatedV1, factsOf(postingId, posting), told);
    await this.outbox.add(tx, MatchPostingsV1, { posting_ids: [postingId] }, told);
  }

  /**
   * What is another employer's, or was withdrawn, is not there; what a source shows is, but cannot be changed here. To
   * an admin what has the words comes first, then who published first.
   */
  private async lockOwn(tx: Tx, postingId: string, context: RpcContext): Promise<Opening & { standing: Standing }> {
    const { userId, isAdmin } = employerOf(context);
    const opening = await this.postings.lock(tx, postingId);
    if (opening === undefined) throw notFound('Job');
    const standings = await this.postings.standings(tx, postingId);
    const standing = standings.find(({ ownerId }) => ownerId === userId) ?? (isAdmin ? standings[0] : undefined);
    if (standing === undefined) throw opening.source === CUSTOM_SOURCE ? notFound('Job') : fromSource(opening.source);
    return { ...opening, standing };
  }
}

const fromSource = (source: string): AppError =>
  conflict(
    'CONFLICT',
    `This job was found at '${source}' and follows what is written there; it cannot be changed here.`,
  );

const publishedBefore = (jobId: string): AppError =>
  conflict('ALREADY_EXISTS', 'You published this opening already; change it instead, or withdraw it first.', {
    job_id: jobId,
  });

const staleVersion = (version: number): AppError =>
  conflict('STALE_VERSION', `The job was changed meanwhile: it has version ${version} now. Read it again.`, {
    current_version: version,
  });

const tooMany = (): AppError =>
  conflict('LIMIT_REACHED', `You have ${MOST_POSTINGS} open postings, which is the limit; withdraw some first.`);
