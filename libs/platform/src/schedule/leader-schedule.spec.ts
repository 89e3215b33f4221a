import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronTime } from 'cron';
import { AlwaysLeader, Leadership } from '../leadership.js';
import { ShutdownSequence } from '../lifecycle/index.js';
import { Logger } from '../logging/index.js';
import { LeaderSchedule, type ScheduledJob } from './leader-schedule.js';
import { latestSlot } from './slots.js';

const logger = Logger.create({ service: 'test', level: 'silent', format: 'json' });

/** Follows until told to lead. */
class Elected extends Leadership {
  private term: AbortController | undefined;
  private readonly listeners: ((lost: AbortSignal) => void)[] = [];
  get isLeader(): boolean {
    return this.term !== undefined;
  }
  async whileLeader<T>(work: (lost: AbortSignal) => Promise<T>): Promise<T | undefined> {
    return this.term === undefined ? undefined : work(this.term.signal);
  }
  onElected(listener: (lost: AbortSignal) => void): void {
    this.listeners.push(listener);
  }
  elect(): void {
    const term = new AbortController();
    this.term = term;
    for (const listener of this.listeners) listener(term.signal);
  }
}

/** The table of slots: a slot is recorded once. */
class Slots {
  readonly recorded: string[] = [];
  attempts = 0;
  job(cron: string, more: Partial<ScheduledJob> = {}): ScheduledJob {
    return {
      name: `test.${cron}`,
      cron,
      lastSlot: async () => (this.recorded.length === 0 ? undefined : new Date(this.recorded.at(-1) ?? '')),
      enqueue: async (slot) => {
        this.attempts += 1;
        if (!this.recorded.includes(slot.toISOString())) this.recorded.push(slot.toISOString());
      },
      ...more,
    };
  }
}

const turn = (ms = 20): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('latestSlot', () => {
  const cases: [string, string, string, string][] = [
    ['* * * * *', '2026-11-20T10:00:30Z', 'UTC', '2026-11-20T10:00:00.000Z'],
    ['0 7 * * *', '2026-11-20T07:00:00Z', 'UTC', '2026-11-20T07:00:00.000Z'],
    ['0 7 * * *', '2026-11-20T06:59:59Z', 'UTC', '2026-11-19T07:00:00.000Z'],
    ['0 7 * * *', '2026-11-20T06:30:00Z', 'Europe/Berlin', '2026-11-20T06:00:00.000Z'],
    ['0 9 * * 1', '2026-11-20T10:00:00Z', 'UTC', '2026-11-16T09:00:00.000Z'],
    ['0 0 1 * *', '2026-11-20T10:00:00Z', 'UTC', '2026-11-01T00:00:00.000Z'],
    ['0 0 1 1 *', '2026-11-20T10:00:00Z', 'UTC', '2026-01-01T00:00:00.000Z'],
  ];
  it.each(cases)('%s at %s in %s was last due at %s', (cron, now, zone, expected) => {
    expect(latestSlot(new CronTime(cron, zone), new Date(now), zone)?.toISOString()).toBe(expected);
  });
});

describe('LeaderSchedule', () => {
  let shutdown = new ShutdownSequence(logger);
  afterEach(async () => {
    await shutdown.run('test', 500);
    shutdown = new ShutdownSequence(logger);
  });
  const at = (iso: string): { time: string; now: () => Date; monotonicMs: () => number } => {
    const clock = { time: iso, now: (): Date => new Date(clock.time), monotonicMs: (): number => 0 };
    return clock;
  };
  const schedule = (leadership: Leadership, clock = at('2026-11-20T10:00:00.200Z')): LeaderSchedule =>
    new LeaderSchedule(new SchedulerRegistry(), leadership, clock, logger, shutdown);

  it('fires by the clock on the leader, once per slot, until the shutdown', async () => {
    const slots = new Slots();
    const real = { now: (): Date => new Date(), monotonicMs: (): number => performance.now() };
    const registry = new SchedulerRegistry();
    await new LeaderSchedule(registry, new AlwaysLeader(), real, logger, shutdown).add(slots.job('* * * * * *'));
    await turn(2300);
    await shutdown.run('test', 500);
    const fired = slots.recorded.length;
    expect(fired).toBeGreaterThanOrEqual(2);
    expect(slots.recorded.every((slot) => slot.endsWith('.000Z'))).toBe(true);
    expect(slots.attempts).toBe(fired);
    await turn(1200);
    expect(slots.recorded).toHaveLength(fired);
  });

  it('fires a slot that passed while the timer was set, and keeps quiet about it', async () => {
    const said = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const late = jest.spyOn(CronTime.prototype, 'getTimeout').mockReturnValueOnce(-400);
    const slots = new Slots();
    const clock = at('2026-11-20T06:59:59.900Z');
    slots.recorded.push('2026-11-19T07:00:00.000Z');
    await schedule(new AlwaysLeader(), clock).add(slots.job('0 7 * * *'));
    clock.time = '2026-11-20T07:00:00.300Z';
    await turn();
    expect(slots.recorded.at(-1)).toBe('2026-11-20T07:00:00.000Z');
    expect(said.mock.calls).toEqual([]);
    late.mockRestore();
    said.mockRestore();
  });

  it('waits for a slot that is further away than a timer can wait for', async () => {
    const registry = new SchedulerRegistry();
    let looked = 0;
    const job = new Slots().job('0 0 29 2 *', {
      lastSlot: async () => {
        looked += 1;
        return undefined;
      },
    });
    await new LeaderSchedule(registry, new AlwaysLeader(), at('2026-11-20T10:00:00Z'), logger, shutdown).add(job);
    await turn(50);
    // Once when it was added.
    expect([registry.getTimeouts().length, looked]).toEqual([1, 1]);
    await shutdown.run('test', 500);
    expect(registry.getTimeouts()).toEqual([]);
  });

  it('does nothing while it follows, and catches up once what was missed when it is elected', async () => {
    const slots = new Slots();
    slots.recorded.push('2026-11-17T07:00:00.000Z');
    const leadership = new Elected();
    await schedule(leadership).add(slots.job('0 7 * * *'));
    expect(slots.recorded).toHaveLength(1);
    leadership.elect();
    await turn();
    // Three days were missed; only the latest is caught up.
    expect(slots.recorded).toEqual(['2026-11-17T07:00:00.000Z', '2026-11-20T07:00:00.000Z']);
    leadership.elect();
    await turn();
    expect(slots.attempts).toBe(1);
  });

  it('does not take slots from before its first start for missed, unless told to fire when new', async () => {
    const [waits, fires] = [new Slots(), new Slots()];
    await schedule(new AlwaysLeader()).add(waits.job('0 7 * * *'));
    await schedule(new AlwaysLeader()).add(fires.job('0 7 * * *', { fireWhenNew: true }));
    expect([waits.recorded, fires.recorded]).toEqual([[], ['2026-11-20T07:00:00.000Z']]);
  });

  it('fires nothing again when the clock jumps back', async () => {
    const slots = new Slots();
    slots.recorded.push('2026-11-20T07:00:00.000Z');
    const leadership = new Elected();
    await schedule(leadership, at('2026-11-19T12:00:00Z')).add(slots.job('0 7 * * *'));
    leadership.elect();
    await turn();
    expect(slots.attempts).toBe(0);
  });

  it('survives a database that is down and fires at the next chance', async () => {
    const slots = new Slots();
    slots.recorded.push('2026-11-19T07:00:00.000Z');
    const leadership = new Elected();
    let down = true;
    const job = slots.job('0 7 * * *');
    await schedule(leadership).add({
      ...job,
      enqueue: (slot) => (down ? Promise.reject(new Error('down')) : job.enqueue(slot)),
    });
    leadership.elect();
    await turn();
    expect(slots.recorded).toHaveLength(1);
    down = false;
    leadership.elect();
    await turn();
    expect(slots.recorded.at(-1)).toBe('2026-11-20T07:00:00.000Z');
  });
});
