import type { CronTime } from 'cron';

const HOUR_MS = 3_600_000;
/** How far back the last slot is looked for, nearest first, so that never more than about 120 are walked over. */
const LOOK_BACK_MS = [
  2000,
  120_000,
  2 * HOUR_MS,
  25 * HOUR_MS,
  8 * 24 * HOUR_MS,
  32 * 24 * HOUR_MS,
  367 * 24 * HOUR_MS,
];

/**
 * The moment a schedule was last due, at or before `now`. A fire is named by this and not by the time a timer went off,
 * so that late timers, two leaders and a clock that jumped back all name the same slot.
 */
export function latestSlot(schedule: CronTime, now: Date, timeZone: string): Date | undefined {
  const nextAfter = (at: Date): Date => schedule.getNextDateFrom(at, timeZone).toJSDate();
  for (const back of LOOK_BACK_MS) {
    let slot = nextAfter(new Date(now.getTime() - back));
    if (slot > now) continue;
    for (let next = nextAfter(slot); next <= now; next = nextAfter(slot)) slot = next;
    return slot;
  }
  return undefined;
}
