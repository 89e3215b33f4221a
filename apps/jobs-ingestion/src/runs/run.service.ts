import { Inject, Injectable } from '@nestjs/common';
import {
  FetchSourceV1,
  type JobSourceState,
  type ScrapeRun,
  ScrapeFinishedV1,
  ScrapeSourceFinishedV1,
  ScrapeStartedV1,
  startScrape,
  type StartScrapeRequest,
  type StartScrapeResponse,
} from '#contracts';
import { type Clock, invalid, newId, notFound } from '#kernel';
import { Idempotency, Outbox, RawJson, type RpcContext } from '#messaging';
import { Database, type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { v5 } from 'uuid';
import type { JobSource } from '../sources/index.js';
import { type Outcome, RunRepository, type RunTrigger } from './run.repository.js';
import { SourceCatalogue } from './source-catalogue.js';
import { type SourceState, SourceStateRepository } from './source-state.repository.js';

export interface SourceResultToStore {
  runId: string;
  source: string;
  outcome: Outcome;
  error: string | null;
}

@Injectable()
export class RunService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly outbox: Outbox,
    private readonly runs: RunRepository,
    private readonly states: SourceStateRepository,
    private readonly catalogue: SourceCatalogue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  startByAdmin(request: StartScrapeRequest, context: RpcContext): Promise<StartScrapeResponse> {
    return this.idempotency.run(startScrape, request, context, async (tx): Promise<StartScrapeResponse> => {
      const sources = await this.chosenSources(tx, request.sources);
      const runId = newId();
      const requestedBy = context.caller?.user_id ?? null;
      await this.start(tx, {
        runId,
        trigger: 'manual',
        requestedBy,
        slot: null,
        sources,
        requestId: context.requestId,
      });
      return {
        status: 'started',
        job_id: runId,
        message: `Scraping initiated for ${sources.length} ${sources.length === 1 ? 'source' : 'sources'}`,
        sources,
      };
    });
  }

  /** The run of one slot of the schedule; a second call for it does nothing. */
  async startScheduled(slot: Date): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const sources = await this.chosenSources(tx, undefined);
      await this.start(tx, { runId: newId(), trigger: 'schedule', requestedBy: null, slot, sources });
    });
  }

  lastSlot(): Promise<Date | undefined> {
    return this.runs.lastSlot(this.database);
  }

  /** Ends what has been running for so long that its work must be lost; answers how many sources that were. */
  endAbandoned(startedBefore: Date): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const abandoned = await this.runs.abandonedSources(tx, startedBefore);
      for (const { runId, source } of abandoned) {
        await this.finishSource(tx, { runId, source, outcome: 'failed', error: 'its work was lost' });
      }
      return abandoned.length;
    });
  }

  async get(runId: string): Promise<ScrapeRun> {
    const run = await this.runs.get(this.database, runId);
    if (run === null) throw notFound('Run');
    return run;
  }

  async list(page = 1, perPage = 20): Promise<RawJson> {
    return RawJson.from(await this.runs.list(this.database, page, perPage));
  }

  async listSources(): Promise<{ sources: JobSourceState[] }> {
    const states = await this.states.all(this.database);
    return { sources: this.catalogue.all().map((source) => this.describe(source, states.get(source.name))) };
  }

  async setEnabled(name: string, enabled: boolean): Promise<JobSourceState> {
    const source = this.catalogue.find(name);
    if (source === undefined) throw notFound('Source');
    if (enabled && source.unavailableReason !== null) {
      throw invalid([{ field: 'enabled', message: `${name} cannot be switched on: ${source.unavailableReason}` }]);
    }
    await this.unitOfWork.run((tx) => this.states.setEnabled(tx, name, enabled, this.clock.now()));
    return this.describe(source, (await this.states.all(this.database)).get(name));
  }

  /** Ends one source of a run, and the run with its last one. False when it had ended before. */
  async finishSource(tx: Tx, result: SourceResultToStore, requestId?: string): Promise<boolean> {
    const now = this.clock.now();
    const counts = await this.runs.finishSource(tx, { ...result, now });
    if (counts === null) return false;
    const { runId, source, outcome } = result;
    const told = { run_id: runId, source, outcome, counts };
    await this.outbox.add(tx, ScrapeSourceFinishedV1, told, { subject: runId, requestId });
    await this.finishRun(tx, runId, requestId);
    return true;
  }

  private async start(
    tx: Tx,
    run: {
      runId: string;
      trigger: RunTrigger;
      requestedBy: string | null;
      slot: Date | null;
      sources: string[];
      requestId?: string;
    },
  ): Promise<void> {
    const { runId, sources, requestId } = run;
    const isNew = await this.runs.insert(tx, { ...run, id: runId, now: this.clock.now() });
    if (!isNew) return;
    const subject = runId;
    await this.outbox.add(tx, ScrapeStartedV1, { run_id: runId, sources }, { subject, requestId });
    await this.outbox.addMany(
      tx,
      FetchSourceV1,
      // The id follows from run and source: however often a run is started, each source is fetched once.
      sources.map((source) => ({ data: { run_id: runId, source }, subject, requestId, id: v5(source, runId) })),
    );
    // With no source switched on it is over before it began; it is kept, because its slot is.
    if (sources.length === 0) await this.finishRun(tx, runId, requestId);
  }

  private async finishRun(tx: Tx, runId: string, requestId?: string): Promise<void> {
    const totals = await this.runs.finishRun(tx, runId, this.clock.now());
    if (totals === null) return;
    await this.outbox.add(tx, ScrapeFinishedV1, { run_id: runId, totals }, { subject: runId, requestId });
  }

  private async chosenSources(tx: Tx, wanted: readonly string[] | undefined): Promise<string[]> {
    const states = await this.states.all(tx);
    const enabled = this.catalogue.all().filter((source) => this.catalogue.isEnabled(source, states.get(source.name)));
    if (wanted === undefined) return enabled.map(({ name }) => name);
    const problems = wanted.flatMap((name, index) => {
      const source = this.catalogue.find(name);
      const field = `sources.${index}`;
      if (source === undefined) {
        return [
          {
            field,
            message: `must be one of ${this.catalogue
              .all()
              .map((one) => one.name)
              .join(', ')}`,
          },
        ];
      }
      if (source.unavailableReason === null) return [];
      return [{ field, message: `${name} cannot be used: ${source.unavailableReason}` }];
    });
    if (problems.length > 0) throw invalid(problems);
    return [...new Set(wanted)];
  }

  private describe(source: JobSource, state: SourceState | undefined): JobSourceState {
    return {
      name: source.name,
      display_name: source.displayName,
      enabled: this.catalogue.isEnabled(source, state),
      unavailable_reason: source.unavailableReason,
      last_run_at: state?.lastRunAt?.toISOString() ?? null,
      last_success_at: state?.lastSuccessAt?.toISOString() ?? null,
      last_outcome: state?.lastOutcome ?? null,
      last_error: state?.lastError ?? null,
      blocked_until: state?.blockedUntil?.toISOString() ?? null,
      postings: state?.postings ?? 0,
    };
  }
}
