import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '#kernel';
import { CLOCK, FeatureSwitches, LeaderSchedule } from '#platform';
import type { JobsOwnSettings } from '../config.js';
import { FollowEmployerService } from '../employer-postings/follow-employer.service.js';
import { WithdrawalService } from '../employer-postings/withdrawal.service.js';
import { ClosingService } from '../ingestion/closing.service.js';
import { JOBS_SETTINGS } from '../tokens.js';
import { RunService } from './run.service.js';

/** A run takes minutes; after this long its work is in the dead letters or gone. */
const ABANDONED_AFTER_MS = 3 * 3_600_000;

/** What happens by the clock; fires on the leader only and, but for tidying up, only enqueues. */
@Injectable()
export class IngestionSchedule implements OnModuleInit {
  /** In memory: a tidying that a restart makes twice does no harm. */
  private tidiedAt: Date | undefined;

  constructor(
    private readonly schedule: LeaderSchedule,
    private readonly runs: RunService,
    private readonly closing: ClosingService,
    private readonly withdrawals: WithdrawalService,
    private readonly employers: FollowEmployerService,
    private readonly switches: FeatureSwitches,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(JOBS_SETTINGS) private readonly settings: JobsOwnSettings,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.settings.INGESTION_CRON !== 'off' && this.switches.isOn('ingestion')) {
      await this.schedule.add({
        name: 'jobs-ingestion.runs',
        cron: this.settings.INGESTION_CRON,
        lastSlot: () => this.runs.lastSlot(),
        enqueue: (slot) => this.runs.startScheduled(slot),
      });
    }
    await this.schedule.add({
      name: 'jobs-ingestion.tidy',
      cron: '7 * * * *',
      lastSlot: () => Promise.resolve(this.tidiedAt),
      enqueue: (slot) => this.tidy(slot),
    });
  }

  private async tidy(slot: Date): Promise<void> {
    await this.employers.settleUsurped();
    // First those whose opening a source still lists: it stays, in the words of the source.
    await this.withdrawals.endLapsed();
    await this.closing.closeExpired();
    await this.runs.endAbandoned(new Date(this.clock.now().getTime() - ABANDONED_AFTER_MS));
    this.tidiedAt = slot;
  }
}
