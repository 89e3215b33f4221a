import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { MatchPostingsV1, PostingChangedV1, PostingCreatedV1, type PostingFacts, type Static } from '#contracts';
import { AppError, type Clock, newId } from '#kernel';
import { Outbox } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import type { EnrichedPosting, NormalisedPosting } from '../normalise/domain/posting.js';
import { CatalogueRepository } from './catalogue.repository.js';
import { addCounts, type Counts, noCounts } from './counts.js';
import { type BatchPlan, type IncomingPosting, planBatch, sightingKey } from './domain/plan-batch.js';
import { incomingPosting } from './posting-row.js';
import { readAll } from './read-all.js';

/** Rows per transaction: few enough to hold the ingestion lock for a fraction of a second. */
const BATCH_POSTINGS = 100;
/** A batch takes well under a second; an import over HTTP is given 30 s in all. */
const LONGEST_WAIT_MS = 25_000;

export interface IngestionContext {
  /** Items are counted once per run, however often a page of it is delivered. */
  runId: string | null;
  requestId?: string;
}

/** What a caller may add to the transaction that stores a batch, e.g. the progress of its run. */
export type AlongWith = (tx: Tx, counts: Counts) => Promise<void>;

/**
 * Stores what sources show: one opening once, every place it was seen at, and the events that tell about it, all in one
 * transaction per batch. Doing the same again changes nothing.
 */
@Injectable()
export class IngestionService {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: Outbox,
    private readonly catalogue: CatalogueRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async ingest(
    postings: readonly NormalisedPosting[],
    context: IngestionContext,
    alongWith?: AlongWith,
  ): Promise<Counts> {
    let total = noCounts();
    // The next batch is read while the database stores this one: each is about half of the work.
    let reading = readAll(postings.slice(0, BATCH_POSTINGS));
    for (let start = 0; start < postings.length; start += BATCH_POSTINGS) {
      const batch = (await reading).map(incomingPosting);
      const storing = this.inTurn(() => this.storeWhenFree(batch, context, alongWith));
      const next = start + BATCH_POSTINGS;
      reading = readAll(postings.slice(next, next + BATCH_POSTINGS));
      const [counts] = await Promise.all([storing, reading]);
      total = addCounts(total, counts);
    }
    return total;
  }

  /** Batches of this process wait for each other here and not at the lock, which is for other replicas. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  /** Between tries no transaction is open and no connection held, however slow the replica is that has the lock. */
  private async storeWhenFree(
    batch: readonly IncomingPosting[],
    context: IngestionContext,
    alongWith: AlongWith | undefined,
  ): Promise<Counts> {
    const giveUpAt = this.clock.monotonicMs() + LONGEST_WAIT_MS;
    for (;;) {
      const counts = await this.unitOfWork.run(async (tx) => {
        if (!(await this.catalogue.tryLock(tx))) return null;
        const stored = await this.store(tx, batch, context);
        await alongWith?.(tx, stored);
        return stored;
      });
      if (counts !== null) return counts;
      if (this.clock.monotonicMs() > giveUpAt) throw busy();
      // Jitter, so that several replicas do not keep meeting.
      await sleep(20 + Math.random() * 60);
    }
  }

  private async store(tx: Tx, batch: readonly IncomingPosting[], context: IngestionContext): Promise<Counts> {
    const now = this.clock.now().toISOString();
    const known = await this.catalogue.knownSightings(tx, batch);
    const knownKeys = new Set(known.map(({ source, sourceId }) => sightingKey(source, sourceId)));
    const unknown = batch.filter(({ posting }) => !knownKeys.has(sightingKey(posting.source, posting.sourceId)));
    const plan = planBatch(batch, known, await this.catalogue.candidates(tx, unknown), newId);

    await this.catalogue.insertPostings(tx, plan.created, now);
    await this.catalogue.insertSightings(tx, plan, context.runId, now);
    const reopened = await this.catalogue.touchSightings(tx, [...plan.unchanged, ...plan.changed], context.runId, now);
    const changes = await this.catalogue.updatePostings(
      tx,
      plan.changed
        .filter(({ sighting }) => sighting.isFirst)
        .map(({ sighting, incoming }) => ({ id: sighting.postingId, incoming })),
      now,
    );
    await this.tell(tx, plan, changes, reopened, context);
    return this.count(plan, context.runId);
  }

  private async tell(
    tx: Tx,
    plan: BatchPlan,
    changes: readonly { id: string; changed: string[] }[],
    reopened: readonly string[],
    { requestId }: IngestionContext,
  ): Promise<void> {
    await this.outbox.addMany(
      tx,
      PostingCreatedV1,
      plan.created.map(({ id, incoming }) => ({ data: factsOf(id, incoming.posting), subject: id, requestId })),
    );
    const byId = new Map([...plan.changed, ...plan.unchanged].map((one) => [one.sighting.postingId, one.incoming]));
    const told = new Map(changes.map(({ id, changed }) => [id, changed]));
    for (const id of reopened) told.set(id, [...(told.get(id) ?? []), 'reopened']);
    await this.outbox.addMany(
      tx,
      PostingChangedV1,
      [...told].flatMap(([id, changed]) => {
        const incoming = byId.get(id);
        if (incoming === undefined || changed.length === 0) return [];
        return [{ data: { ...factsOf(id, incoming.posting), changed }, subject: id, requestId }];
      }),
    );
    if (plan.created.length === 0) return;
    const ids = plan.created.map(({ id }) => id);
    await this.outbox.add(tx, MatchPostingsV1, { posting_ids: ids }, { subject: ids[0] ?? '', requestId });
  }

  private count(plan: BatchPlan, runId: string | null): Counts {
    // What this run has counted already came again with a redelivered page.
    const fresh = <T extends { sighting: { lastRunId: string | null } }>(list: readonly T[]): T[] =>
      list.filter(({ sighting }) => runId === null || sighting.lastRunId !== runId);
    const unchanged = fresh(plan.unchanged);
    const changed = fresh(plan.changed);
    const layer = (name: string) => plan.duplicates.filter((duplicate) => duplicate.layer === name).length;
    const counted = [...plan.created, ...plan.duplicates, ...unchanged, ...changed].map(({ incoming }) => incoming);
    return {
      ...noCounts(),
      fetched: counted.length,
      created: plan.created.length,
      changed: changed.length,
      unchanged: unchanged.length,
      duplicate_url: layer('url'),
      duplicate_fingerprint: layer('fingerprint'),
      duplicate_near: layer('near'),
      with_visa_evidence: counted.filter(({ posting }) => posting.visa.evidence.length > 0).length,
    };
  }
}

const factsOf = (id: string, posting: EnrichedPosting): Static<typeof PostingFacts> => ({
  posting_id: id,
  title: posting.title,
  company: posting.company,
  country: posting.country,
  source: posting.source,
  visa: posting.visa.verdict,
  skills: posting.skills.slice(0, 60),
});

const busy = (): AppError =>
  new AppError({
    code: 'SERVICE_UNAVAILABLE',
    kind: 'unavailable',
    message: 'Other postings are being stored right now; try again in a moment.',
    retryAfterMs: 5_000,
  });
