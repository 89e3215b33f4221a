import { Inject, Injectable } from '@nestjs/common';
import { FollowEmployerV1, MatchPostingsV1, PostingChangedV1, PostingCreatedV1 } from '#contracts';
import { type Clock, newId } from '#kernel';
import { Outbox } from '#messaging';
import type { Tx } from '#persistence';
import { CLOCK } from '#platform';
import type { NormalisedPosting } from '../normalise/domain/posting.js';
import { CatalogueRepository } from './catalogue.repository.js';
import { addCounts, type Counts, noCounts } from './counts.js';
import { type BatchPlan, type IncomingPosting, planBatch, sightingKey } from './domain/plan-batch.js';
import { IngestionTurn } from './ingestion-turn.js';
import { factsOf } from './posting-facts.js';
import { incomingPosting, wordsOf } from './posting-row.js';
import { readAll } from './read-all.js';
import { WhoseWordsRepository } from './whose-words.repository.js';

/** Rows per transaction: few enough to hold the ingestion lock for a fraction of a second. */
const BATCH_POSTINGS = 100;

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
  constructor(
    private readonly turn: IngestionTurn,
    private readonly outbox: Outbox,
    private readonly catalogue: CatalogueRepository,
    private readonly whoseWords: WhoseWordsRepository,
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
      const storing = this.turn.take(async (tx) => {
        const stored = await this.store(tx, batch, context);
        await alongWith?.(tx, stored);
        return stored;
      });
      const next = start + BATCH_POSTINGS;
      reading = readAll(postings.slice(next, next + BATCH_POSTINGS));
      const [counts] = await Promise.all([storing, reading]);
      total = addCounts(total, counts);
    }
    return total;
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
    const written = [...(await this.takenOver(tx, plan, context)), ...changedWords(plan)];
    const changes = await this.catalogue.updatePostings(
      tx,
      written.map(({ id, incoming }) => ({ id, words: wordsOf(incoming.posting) })),
      now,
    );
    await this.whoseWords.stepAside(
      tx,
      written.map(({ id }) => id),
    );
    await this.tell(tx, plan, changes, reopened, context);
    return this.count(plan, context.runId);
  }

  /** Openings that only an employer published so far, who may not speak for the company a source now names. */
  private async takenOver(
    tx: Tx,
    { duplicates }: BatchPlan,
    { requestId }: IngestionContext,
  ): Promise<{ id: string; incoming: IncomingPosting }[]> {
    const yielding = await this.whoseWords.yielding(
      tx,
      duplicates.map(({ postingId, incoming }) => ({ postingId, companyKey: incoming.posting.companyKey })),
    );
    const ids = yielding.map(({ postingId }) => postingId);
    await this.whoseWords.promote(tx, ids, { anew: false });
    const taken = ids.flatMap((id) => {
      const found = duplicates.find(({ postingId }) => postingId === id);
      return found === undefined ? [] : [{ id, incoming: found.incoming }];
    });
    if (taken.length > 0) {
      await this.catalogue.replaceBlocks(
        tx,
        taken.map(({ id, incoming: { posting } }) => ({ id, blocks: posting.blockingKeys })),
      );
    }
    // He may be one who speaks for both.
    for (const user_id of new Set(yielding.filter(({ confirmed }) => confirmed).map(({ ownerId }) => ownerId)))
      await this.outbox.add(tx, FollowEmployerV1, { user_id }, { subject: user_id, requestId });
    return taken;
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
    const shown = [...plan.changed, ...plan.unchanged].map((one) => [one.sighting.postingId, one.incoming] as const);
    const byId = new Map([...plan.duplicates.map((one) => [one.postingId, one.incoming] as const), ...shown]);
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

const changedWords = ({ changed }: BatchPlan): { id: string; incoming: IncomingPosting }[] =>
  changed
    .filter(({ sighting }) => sighting.isFirst)
    .map(({ sighting, incoming }) => ({ id: sighting.postingId, incoming }));
