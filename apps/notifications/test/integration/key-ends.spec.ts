import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiKeyEndAnnouncedV1, listNotifications } from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { type NotificationsApp, startWorld, user, type World } from './notifications-app.js';

let world: World;
let app: NotificationsApp;
beforeAll(async () => {
  world = await startWorld();
  app = await world.start();
}, 60_000);
afterAll(() => world.stop());

it('is told once in the inbox, however often the event comes', async () => {
  const ada = user();
  const key_id = newId();
  const end = { user_id: ada.user_id, key_id, expires_at: '2026-11-27T10:00:00.000Z' };
  const ids: string[] = [];
  for (let times = 0; times < 3; times += 1) ids.push(await world.publish(ApiKeyEndAnnouncedV1, end));
  await eventually(async () => {
    const read = await world.db.admin(
      `SELECT FROM notifications.inbox WHERE message_id = ANY ($1) AND consumer LIKE '%deliveries%'`,
      [ids],
    );
    expect(read).toHaveLength(3);
  });
  const { notifications } = await app.ask(listNotifications, {}, { caller: ada });
  expect(notifications).toEqual([
    expect.objectContaining({ type: 'api_key_ending', data: { key_id, expires_at: end.expires_at }, is_read: false }),
  ]);
});
