import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { type NotificationsApp, startWorld, type World } from './notifications-app.js';
import { notificationsProcess } from './notifications-process.js';
import { verify, WebhookReceiver } from './webhook-receiver.js';
import { WebhookOwner } from './webhook-world.js';

const OPEN = { WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true' };

/** The window no protocol closes: the receiver has taken the call, and we die before we know. */
describe('a process killed between the answer of a receiver and its mark', () => {
  let world: World;
  let app: NotificationsApp;
  let ada: WebhookOwner;
  const receiver = new WebhookReceiver();

  beforeAll(async () => {
    await receiver.start();
    world = await startWorld();
  });
  afterAll(async () => {
    await receiver.stop();
    await world.stop();
  });

  const notifications = (fault: Record<string, string>) => notificationsProcess(world, { ...OPEN, ...fault });

  it('leaves a delivery that is sent again when its lease is over, as the same message, and then no more', async () => {
    // Made by a service that is gone before anything happens.
    app = await world.start(OPEN);
    ada = new WebhookOwner(world, app);
    const webhook = await ada.make(receiver.url());
    await app.stop();
    const first = await notifications({ FAULT: 'webhook.answered_before_mark:1' });
    await first.start();
    await ada.event();
    await eventually(() => expect(first.isRunning).toBe(false), { timeoutMs: 10_000 });
    expect(receiver.calls).toHaveLength(1);

    const second = await notifications({});
    await second.start();
    const stateOf = async (): Promise<string | undefined> =>
      (
        await world.db.admin<{ state: string }>(
          'SELECT state FROM notifications.webhook_delivery WHERE webhook_id = $1',
          [webhook.id],
        )
      )[0]?.state;
    expect(await stateOf()).toBe('sending');
    // As if the minute of the lease had passed.
    await world.db.admin('UPDATE notifications.webhook_delivery SET next_attempt_at = now()');
    await eventually(async () => expect(await stateOf()).toBe('succeeded'), { timeoutMs: 10_000 });
    await second.stop();
    expect(receiver.calls).toHaveLength(2);
    const [once, again] = receiver.calls;
    expect([again?.id, again?.body]).toEqual([once?.id, once?.body]);
    for (const call of receiver.calls) expect(verify(webhook.secret, call)).toEqual(call.payload);
  });
});
