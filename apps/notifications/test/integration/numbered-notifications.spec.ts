import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  deleteNotification,
  listNotificationsAfter,
  LIVE_SEQUENCE_HEADER,
  liveSubject,
  MatchFoundV1,
} from '#contracts';
import { newId } from '#kernel';
import { NatsBus, silentLogger } from '#messaging';
import { eventually } from '#testing';
import { type NotificationsApp, startWorld, user, type World } from './notifications-app.js';

let world: World;
let replicas: [NotificationsApp, NotificationsApp];
beforeAll(async () => {
  world = await startWorld();
  replicas = [await world.start(), await world.start()];
}, 60_000);
afterAll(() => world.stop());

const match = (user_id: string, posting_id = newId()) =>
  world.publish(MatchFoundV1, { ...MatchFoundV1.sample, user_id, posting_id });
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the notifications of a person', () => {
  const after = async (who: ReturnType<typeof user>, number: number, limit = 100) => {
    const { last, notifications } = await replicas[0].ask(
      listNotificationsAfter,
      { after: number, limit },
      { caller: who },
    );
    return { last, numbers: notifications.map(({ sequence }) => sequence) };
  };

  it('are numbered in the order they can be read in, by all replicas together, and pushed with their number', async () => {
    const [ada, eve] = [user(), user()];
    const bus = await NatsBus.connect({
      app: 'admin',
      settings: { url: world.nats.url, connectTimeoutMs: 5_000 },
      streams: [],
      logger: silentLogger,
    });
    const pushed: number[] = [];
    await bus.subscribe(liveSubject(ada.user_id), ({ payload, headers }) => {
      const { sequence } = JSON.parse(Buffer.from(payload).toString('utf8')) as { sequence: number };
      expect(headers[LIVE_SEQUENCE_HEADER]).toBe(String(sequence));
      pushed.push(sequence);
    });
    await Promise.all(upTo(60).map((each) => match(each % 3 === 0 ? eve.user_id : ada.user_id)));
    await eventually(
      async () => {
        const { last, numbers } = await after(ada, 0);
        // Never a number without all below it: a client that saw it would not come back for those.
        expect(numbers.slice(0, last)).toEqual(upTo(last));
        expect(last).toBe(40);
      },
      { timeoutMs: 20_000, everyMs: 5 },
    );
    await eventually(() => expect([...pushed].sort((a, b) => a - b)).toEqual(upTo(40)));
    expect((await after(eve, 0)).last).toBe(20);
    await bus.close();
  }, 60_000);

  it('are answered after a number, and without those that were deleted', async () => {
    const ada = user();
    for (const each of upTo(5)) {
      await match(ada.user_id);
      await eventually(async () => expect((await after(ada, 0)).last).toBe(each));
    }
    expect(await after(ada, 2)).toEqual({ last: 5, numbers: [3, 4, 5] });
    expect(await after(ada, 2, 2)).toEqual({ last: 5, numbers: [3, 4] });
    expect(await after(ada, 5)).toEqual({ last: 5, numbers: [] });
    expect(await after(ada, 0, 0)).toEqual({ last: 5, numbers: [] });
    const { notifications } = await replicas[0].ask(listNotificationsAfter, { after: 2, limit: 1 }, { caller: ada });
    const notification_id = notifications[0]?.notification.id ?? '';
    await replicas[0].ask(deleteNotification, { notification_id }, { caller: ada });
    expect(await after(ada, 1)).toEqual({ last: 5, numbers: [2, 4, 5] });
    expect(await after(user(), 0)).toEqual({ last: 0, numbers: [] });
  });
});
