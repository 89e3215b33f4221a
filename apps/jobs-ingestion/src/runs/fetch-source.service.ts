import { Inject, Injectable } from '@nestjs/common';
import { type FetchSourceV1, liveSubject, type LiveMessage, type Static } from '#contracts';
import type { Clock } from '#kernel';
import { BUS, type Bus, type WorkContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK, Logger, OutboundHttp } from '#platform';
import type { JobsOwnSettings } from '../config.js';
import { addCounts, type Counts, noCounts } from '../ingestion/counts.js';
import { ClosingService } from '../ingestion/closing.service.js';
import { IngestionService } from '../ingestion/ingestion.service.js';
import { type JobSource, NOT_LISTED, type SourcePage } from '../sources/index.js';
import { JOBS_SETTINGS } from '../tokens.js';
import { outcomeOfPages, type PageFinding } from './domain/outcome-of-pages.js';
import { type Outcome, RunRepository } from './run.repository.js';
import { RunService } from './run.service.js';
import { SourceCatalogue } from './source-catalogue.js';
import { SourceStateRepository } from './source-state.repository.js';

type FetchSource = Static<typeof FetchSourceV1.data>;
interface Result {
  outcome: Outcome;
  error: string | null;
  blockedUntil: Date | null;
}

/** One source of one run: page after page, each stored before the next is asked for. */
@Injectable()
export class FetchSourceService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly ingestion: IngestionService,
    private readonly closing: ClosingService,
    private readonly runs: RunRepository,
    private readonly runService: RunService,
    private readonly states: SourceStateRepository,
    private readonly catalogue: SourceCatalogue,
    private readonly http: OutboundHttp,
    private readonly logger: Logger,
    @Inject(BUS) private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JOBS_SETTINGS) private readonly settings: JobsOwnSettings,
  ) {}

  async fetchSource(command: FetchSource, context: WorkContext): Promise<void> {
    const { run_id: runId, source: name } = command;
    const requestedBy = await this.runs.startSource(this.database, runId, name, this.clock.now());
    const result = requestedBy === undefined ? null : await this.fetchOrFail(command, requestedBy, context);
    await this.unitOfWork.run(async (tx) => {
      if (result !== null) {
        const { outcome, error, blockedUntil } = result;
        await this.runService.finishSource(tx, { runId, source: name, outcome, error }, context.requestId);
        await this.states.recordRun(tx, { name, outcome, error, blockedUntil, now: this.clock.now() });
      }
      await context.done(tx);
    });
    if (requestedBy != null && result !== null) {
      await this.push(requestedBy, { run_id: runId, source: name, status: 'finished', outcome: result.outcome });
    }
  }

  /** An error of ours is tried again; on the last attempt it becomes the outcome, so that the run ends. */
  private async fetchOrFail(command: FetchSource, requestedBy: string | null, context: WorkContext): Promise<Result> {
    try {
      return await this.fetchPages(command, requestedBy, context);
    } catch (error) {
      if (context.signal.aborted || !context.lastAttempt) throw error;
      this.logger.error('a source could not be stored', error, {
        source: command.source,
        run_id: command.run_id,
      });
      return { outcome: 'failed', error: 'could not be stored', blockedUntil: null };
    }
  }

  private async fetchPages(
    { run_id: runId, source: name }: FetchSource,
    requestedBy: string | null,
    { signal, requestId }: WorkContext,
  ): Promise<Result> {
    const source = this.catalogue.find(name);
    const refusal =
      source === undefined ? refused('disabled', 'not a source of this installation') : await this.refusal(source);
    if (source === undefined || refusal !== null) return refusal ?? refused('disabled', null);
    const findings: PageFinding[] = [];
    let counts = noCounts();
    const pages = source.fetch({
      http: this.http,
      etags: await this.states.validators(this.database, name),
      signal,
      limit: this.settings.INGESTION_MAX_POSTINGS_PER_SOURCE,
      now: this.clock.now(),
    });
    for await (const page of pages) {
      findings.push(page.outcome);
      counts = addCounts(counts, await this.store(page, { runId, source: name, requestId }));
      if (requestedBy !== null)
        await this.push(requestedBy, { run_id: runId, source: name, status: 'running', counts });
      signal.throwIfAborted();
    }
    return outcomeOfPages(findings);
  }

  /** Why it is not asked at all; null when it is. */
  private async refusal(source: JobSource): Promise<Result | null> {
    const state = await this.states.one(this.database, source.name);
    if (source.unavailableReason !== null) return refused('disabled', source.unavailableReason);
    if (state?.enabled === false) return refused('disabled', 'switched off');
    const now = this.clock.now();
    if (state?.blockedUntil != null && state.blockedUntil > now) {
      return refused('blocked', `not asked before ${state.blockedUntil.toISOString()}`, state.blockedUntil);
    }
    const again = state?.lastSuccessAt == null ? null : new Date(state.lastSuccessAt.getTime() + source.minIntervalMs);
    if (again !== null && again > now) {
      return refused('unchanged', `its terms ask for some time between requests: next at ${again.toISOString()}`);
    }
    return null;
  }

  private async store(page: SourcePage, run: { runId: string; source: string; requestId: string }): Promise<Counts> {
    const { runId, source, requestId } = run;
    const rejected = { ...noCounts(), fetched: page.rejected.length, rejected: page.rejected.length };
    const stored = await this.ingestion.ingest(page.postings, { runId, requestId }, (tx, counts) =>
      this.runs.addCounts(tx, runId, source, counts, 0),
    );
    await this.unitOfWork.run(async (tx) => {
      await this.runs.addCounts(tx, runId, source, rejected, 1);
      await this.closeGone(tx, page, run);
      if (page.validators !== null) await this.states.saveValidators(tx, source, page.validators);
    });
    return addCounts(stored, rejected);
  }

  /** A refusal, a failure and a board of which anything was unreadable say nothing about what is gone. */
  private async closeGone(tx: Tx, page: SourcePage, run: { runId: string; source: string; requestId: string }) {
    const { board, outcome, postings, rejected } = page;
    if (board === null) return;
    const { runId, source, requestId } = run;
    if (outcome.kind === 'unchanged') await this.closing.seenUnchanged(tx, source, board);
    if (outcome.kind !== 'ok' || rejected.some(({ reason }) => reason !== NOT_LISTED)) return;
    await this.closing.closeGone(tx, { source, board, runId, isEmpty: postings.length === 0 }, requestId);
  }

  /** Lossy by design: who does not listen now asks for the run. */
  private async push(userId: string, data: Record<string, unknown>): Promise<void> {
    const message: LiveMessage = { type: 'scrape_progress', data, sent_at: this.clock.now().toISOString() };
    const payload = Buffer.from(JSON.stringify(message), 'utf8');
    try {
      await this.bus.publish({ subject: liveSubject(userId), payload, headers: {} });
    } catch (error) {
      this.logger.debug('progress was not pushed', { reason: error instanceof Error ? error.name : 'unknown' });
    }
  }
}

const refused = (outcome: Outcome, error: string | null, blockedUntil: Date | null = null): Result => ({
  outcome,
  error,
  blockedUntil,
});
