import type { SchedulerRegistry } from '@nestjs/schedule';
import type { CronTime } from 'cron';
import type { Clock } from '#kernel';
import type { Leadership } from '../leadership.js';
import type { ShutdownSequence } from '../lifecycle/index.js';
import type { Logger } from '../logging/index.js';
import { latestSlot } from './slots.js';

/** What a timer can wait for; beyond it would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface ScheduledJob {
  /** Unique in the process: `<service>.<job>`. */
  name: string;
  /** Five or six fields. */
  cron: string;
  /** IANA name; UTC unless told. */
  timeZone?: string;
  /** Fire at the first start ever, instead of waiting for the first slot. */
  fireWhenNew?: boolean;
  /** The newest slot that was recorded; undefined when there was none yet. */
  lastSlot(): Promise<Date | undefined>;
  /**
   * Records the slot and enqueues its work in one transaction; does nothing for a slot that is recorded already
   * (a unique key of job and slot). That makes a fire happen once per slot, whatever happens to leaders.
   */
  enqueue(slot: Date): Promise<void>;
}

interface Entry {
  job: ScheduledJob;
  schedule: CronTime;
  timeZone: string;
  addedAt: Date;
}

/**
 * Schedules of a service: fire only on the leader, and only enqueue. What was due while nobody led (or a fire that
 * failed) is caught up once, with the latest slot: at the next election and at every later fire.
 */
export class LeaderSchedule {
  private readonly entries: Entry[] = [];

  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
    private readonly logger: Logger,
    shutdown: ShutdownSequence,
  ) {
    shutdown.add('stop-taking', 'schedules', () => this.stop());
    leadership.onElected((lost) => {
      void this.catchUp(lost);
    });
  }

  /** In `onModuleInit` of the feature that owns the job. */
  async add(job: ScheduledJob): Promise<void> {
    const { CronTime } = await import('cron');
    const timeZone = job.timeZone ?? 'UTC';
    const entry: Entry = { job, schedule: new CronTime(job.cron, timeZone), timeZone, addedAt: this.clock.now() };
    this.entries.push(entry);
    this.arm(entry);
    await this.leadership.whileLeader((lost) => this.fire(entry, lost));
  }

  /**
   * A timer of our own for the next slot. The package's `CronJob` skips a slot that passes while it sets its timer (a
   * busy machine), which is an hour or a day without its work, and says so on the console. Here it is late.
   */
  private arm(entry: Entry): void {
    const { job, schedule } = entry;
    const dueInMs = Math.max(0, schedule.getTimeout());
    const timer = setTimeout(
      () => {
        this.registry.deleteTimeout(job.name);
        this.arm(entry);
        if (dueInMs <= LONGEST_TIMER_MS) void this.leadership.whileLeader((lost) => this.fire(entry, lost));
      },
      Math.min(dueInMs, LONGEST_TIMER_MS),
    );
    this.registry.addTimeout(job.name, timer);
  }

  private async catchUp(lost: AbortSignal): Promise<void> {
    for (const entry of this.entries) await this.fire(entry, lost);
  }

  /** Enqueues the latest slot unless it is recorded. Never rejects: a failed fire is caught up at the next one. */
  private async fire({ job, schedule, timeZone, addedAt }: Entry, lost: AbortSignal): Promise<void> {
    try {
      if (lost.aborted) return;
      const now = this.clock.now();
      const slot = latestSlot(schedule, now, timeZone);
      const last = await job.lastSlot();
      if (lost.aborted) return;
      if (last === undefined) {
        // New: what was due before it existed was not missed.
        const due = slot !== undefined && slot >= addedAt;
        if (!due && job.fireWhenNew !== true) return;
        await job.enqueue(slot ?? now);
      } else if (slot !== undefined && slot > last) {
        await job.enqueue(slot);
      } else return;
      this.logger.info('schedule fired', { job: job.name, slot: (slot ?? now).toISOString() });
    } catch (error) {
      this.logger.error('schedule could not fire', error, { job: job.name });
    }
  }

  private stop(): Promise<void> {
    for (const { job } of this.entries) {
      if (this.registry.doesExist('timeout', job.name)) this.registry.deleteTimeout(job.name);
    }
    return Promise.resolve();
  }
}
