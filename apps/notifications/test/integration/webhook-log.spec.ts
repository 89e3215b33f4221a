import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { testWebhook } from '#contracts';
import { newId } from '#kernel';
import { ServiceMessaging } from '#messaging';
import { eventually } from '#testing';
import { type NotificationsApp, startWorld, type World } from './notifications-app.js';
import { refuseWith, WebhookReceiver } from './webhook-receiver.js';
import { WebhookOwner } from './webhook-world.js';

const OPEN = { WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let world: World;
let app: NotificationsApp;
let ada: WebhookOwner;
const receiver = new WebhookReceiver();

beforeAll(async () => {
  world = await startWorld();
  await receiver.start();
  app = await world.start(OPEN);
}, 60_000);
beforeEach(async () => {
  // What others left waiting would come due with the clock of this one.
  await world.db.admin('DELETE FROM notifications.webhook');
  receiver.reset();
  world.clock.jumpTo(new Date());
  ada = new WebhookOwner(world, app);
});
afterAll(async () => {
  await world.stop();
  await receiver.stop();
});

describe('a test of a webhook', () => {
  const test = ({ id }: { id: string }, idempotencyKey?: string) =>
    app.ask(
      testWebhook,
      { webhook_id: id },
      { caller: ada.caller, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
    );

  it('says at once what the receiver answered, and repeats nothing', async () => {
    const webhook = await ada.make(receiver.url());
    const good = await test(webhook);
    expect(good).toMatchObject({ status: 'succeeded', event_type: 'webhook.test', attempts: [{ status_code: 204 }] });
    receiver.answer = refuseWith(418);
    const bad = await test(webhook);
    expect(bad).toMatchObject({ status: 'failed', error: 'status', attempts: [{ status_code: 418 }] });
    expect(await ada.get(webhook)).toMatchObject({ failing_since: null, status: 'enabled' });
    ada.later(DAY);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.calls).toHaveLength(2);
  });

  it('reaches a webhook that is switched off, and with one key calls once', async () => {
    const webhook = await ada.make(receiver.url());
    await ada.switchTo('disabled', webhook);
    const key = newId();
    const first = await test(webhook, key);
    expect(first.status).toBe('succeeded');
    expect(await test(webhook, key)).toEqual(first);
    expect(receiver.calls).toHaveLength(1);
  });
});

describe('a replay', () => {
  it('sends the same message again in a delivery of its own', async () => {
    const webhook = await ada.make(receiver.url());
    await ada.event();
    const original = await ada.delivery(webhook, { status: 'succeeded' });
    const key = newId();
    const again = await ada.replay(webhook, original, key);
    expect(again).toMatchObject({ message_id: original.message_id, replay_of: original.id, attempts: [] });
    expect(await ada.replay(webhook, original, key)).toEqual(again);
    await eventually(() => expect(receiver.calls).toHaveLength(2));
    const [first, second] = receiver.calls;
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
    expect(await ada.deliveries(webhook)).toHaveLength(2);
  });

  it('is refused while the delivery is still tried, and while the webhook is switched off', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url());
    await ada.event();
    const waiting = await ada.delivery(webhook, { status: 'pending' });
    await expect(ada.replay(webhook, waiting)).rejects.toMatchObject({ code: 'CONFLICT' });
    await ada.switchTo('disabled', webhook);
    const dropped = await ada.delivery(webhook, { status: 'failed', error: 'disabled' });
    await expect(ada.replay(webhook, dropped)).rejects.toMatchObject({ code: 'CONFLICT' });
    await ada.switchTo('enabled', webhook);
    receiver.reset();
    await ada.replay(webhook, dropped);
    await eventually(() => expect(receiver.calls).toHaveLength(1));
  });
});

describe('the log of deliveries', () => {
  it('is kept for 30 days after they ended', async () => {
    const webhook = await ada.make(receiver.url());
    await ada.event();
    await ada.delivery(webhook, { status: 'succeeded' });
    world.clock.advance(30 * DAY - HOUR);
    await app.get(ServiceMessaging).janitor.prune(world.clock.now());
    expect(await ada.deliveries(webhook)).toHaveLength(1);
    world.clock.advance(2 * HOUR);
    await app.get(ServiceMessaging).janitor.prune(world.clock.now());
    expect(await ada.deliveries(webhook)).toEqual([]);
  });
});
