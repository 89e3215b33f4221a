import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Notification } from '#contracts';
import { NotificationTrack } from './notification-track.js';

/** One person's notifications as they are stored; some were deleted since. */
class Table {
  last = 0;
  isAway = false;
  asked = 0;
  readonly deleted = new Set<number>();

  async ask(after: number, limit: number) {
    this.asked += 1;
    const { last } = this;
    await Promise.resolve();
    if (this.isAway) throw new Error('away');
    const numbers = Array.from({ length: last - after }, (_, index) => after + 1 + index);
    const left = numbers.filter((number) => !this.deleted.has(number)).slice(0, limit);
    return { last, notifications: left.map((sequence) => ({ sequence, notification: aNotification })) };
  }
}
const aNotification: Notification = {
  id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d61',
  type: 'job_match',
  priority: 'normal',
  title: 'New match',
  message: 'It fits.',
  data: {},
  is_read: false,
  created_at: '2026-11-20T10:00:00.000Z',
  read_at: null,
};

function client(table: Table) {
  const got: number[] = [];
  const failures: unknown[] = [];
  const track = new NotificationTrack({
    ask: (after, limit) => table.ask(after, limit),
    send: (json) => got.push((JSON.parse(json) as { sequence: number }).sequence),
    failed: (error) => failures.push(error),
  });
  return { got, failures, track, push: (sequence: number) => track.take(sequence, JSON.stringify({ sequence })) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + 1 + index);

describe('the notifications of a socket', () => {
  it('come each once and in order, however pushes are lost, doubled and overtake each other', async () => {
    const scenario = fc.record({
      before: fc.nat(300),
      missed: fc.nat(250),
      // Which pushes arrive, in which order; a number may come twice or never.
      pushes: fc.array(fc.nat(30), { maxLength: 60 }),
      pauses: fc.array(fc.boolean(), { maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ before, missed, pushes, pauses }) => {
        const table = new Table();
        table.last = before + missed;
        const { got, track, push } = client(table);
        expect(await track.findStart(before)).toBe(before);
        track.begin();
        const start = table.last;
        for (const [index, offset] of pushes.entries()) {
          // A push follows the commit: the table knows its number.
          table.last = Math.max(table.last, start + 1 + offset);
          push(start + 1 + offset);
          if (pauses[index] === true) await settled();
        }
        await settled();
        await settled();
        expect(got).toEqual(upTo(before, table.last));
      }),
      { numRuns: 200 },
    );
  });

  it('that follow each other are not asked for', async () => {
    const table = new Table();
    const { got, track, push } = client(table);
    await track.findStart(undefined);
    track.begin();
    await settled();
    const before = table.asked;
    for (const number of upTo(0, 50)) push(number);
    expect(got).toEqual(upTo(0, 50));
    expect(table.asked).toBe(before);
  });

  it('that were deleted are not waited for', async () => {
    const table = new Table();
    table.last = 10;
    for (const number of [3, 4, 9, 10]) table.deleted.add(number);
    const { got, track, push } = client(table);
    await track.findStart(0);
    track.begin();
    await settled();
    table.last = 12;
    push(12);
    await settled();
    expect(got).toEqual([1, 2, 5, 6, 7, 8, 11, 12]);
  });

  it.each([
    ['nothing was asked for', 2000, undefined],
    ['more was missed than anybody reads', 2000, 999],
    ['the number was never given out: a backup was put back', 20, 21],
  ])('begin with the newest where %s', async (_what, last, after) => {
    const table = new Table();
    table.last = last;
    const { got, track, push } = client(table);
    expect(await track.findStart(after)).toBe(last);
    track.begin();
    table.last = last + 1;
    push(last + 1);
    await settled();
    expect(got).toEqual([last + 1]);
  });

  it('come as they come where nobody can be asked', async () => {
    const table = new Table();
    table.isAway = true;
    const { got, failures, track, push } = client(table);
    push(7);
    await expect(track.findStart(undefined)).rejects.toThrow('away');
    track.passOn();
    push(9);
    expect(got).toEqual([7, 9]);
    expect(failures).toEqual([]);
  });

  it('that cannot be read end the socket: its client comes back for them', async () => {
    const table = new Table();
    const { got, failures, track, push } = client(table);
    await track.findStart(undefined);
    track.begin();
    await settled();
    table.isAway = true;
    push(2);
    push(3);
    await settled();
    expect(got).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  it('do not keep asking a table that lost a number it gave out', async () => {
    const table = new Table();
    table.last = 5;
    const { got, track, push } = client(table);
    await track.findStart(undefined);
    track.begin();
    await settled();
    push(9);
    await settled();
    const asked = table.asked;
    await settled();
    expect(table.asked).toBe(asked);
    table.last = 6;
    push(6);
    expect(got).toEqual([6]);
  });
});
