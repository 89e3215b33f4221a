import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConnectionAcceptedV1, replayWebhookDelivery, testWebhook } from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { type NotificationsApp, startWorld, type World } from './notifications-app.js';
import { accept, refuseWith, WebhookReceiver } from './webhook-receiver.js';
import { WebhookOwner } from './webhook-world.js';

const HOUR = 3_600_000;

let world: World;
let app: NotificationsApp;
let ada: WebhookOwner;
const receiver = new WebhookReceiver();

beforeAll(async () => {
  world = await startWorld();
  await receiver.start();
  const settings = { WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true' };
  [app] = [await world.start(settings), await world.start(settings)];
}, 60_000);
beforeEach(async () => {
  await world.db.admin('DELETE FROM notifications.webhook');
  receiver.reset();
  ada = new WebhookOwner(world, app);
});
afterAll(async () => {
  await world.stop();
  await receiver.stop();
});

/** Hours pass in which whatever is due would be sent. */
async function hoursPass(): Promise<void> {
  ada.later(HOUR);
  await sleep(100);
}

describe('a webhook of somebody who is blocked', () => {
  it('is called no more: what waited is dropped, and what happens is not queued', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url());
    await ada.event();
    await ada.delivery(webhook, { status: 'pending', error: 'status' });
    await ada.access(true);
    await ada.delivery(webhook, { status: 'failed', error: 'disabled', next_attempt_at: null });
    await ada.heard(await ada.event());
    await hoursPass();
    expect(await ada.deliveries(webhook)).toHaveLength(1);
    expect(receiver.calls).toHaveLength(1);
  });

  it('is called again when he is unblocked, without what happened meanwhile; what was dropped can be replayed', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url());
    await ada.event();
    await ada.delivery(webhook, { status: 'pending', error: 'status' });
    await ada.access(true);
    await ada.heard(await ada.event());
    receiver.reset();
    await ada.access(false);
    const dropped = await ada.delivery(webhook, { status: 'failed', error: 'disabled' });
    await ada.event();
    await eventually(() => expect(receiver.calls).toHaveLength(1));
    await app.ask(
      replayWebhookDelivery,
      { webhook_id: webhook.id, delivery_id: dropped.id },
      { caller: ada.caller, idempotencyKey: newId() },
    );
    await eventually(() => expect(receiver.calls.map(({ id }) => id)).toContain(dropped.message_id));
    expect(receiver.calls).toHaveLength(2);
    expect(await ada.deliveries(webhook)).toHaveLength(3);
  });

  // Tokens are refused everywhere within a second. What is asked for in that second is not obeyed.
  it('is not called either for what he asked in the moment of it: a webhook, a test, a replay', async () => {
    const webhook = await ada.make(receiver.url());
    await ada.event();
    const delivery = await ada.delivery(webhook, { status: 'succeeded' });
    await ada.access(true);
    const late = await ada.make(receiver.url('/late'));
    await ada.heard(await ada.event());
    expect(await ada.deliveries(late)).toEqual([]);
    const asked = { caller: ada.caller };
    const test = await app.ask(testWebhook, { webhook_id: webhook.id }, asked);
    const replay = await app.ask(
      replayWebhookDelivery,
      { webhook_id: webhook.id, delivery_id: delivery.id },
      { ...asked, idempotencyKey: newId() },
    );
    expect([test.status, replay.status]).toEqual(['pending', 'pending']);
    await hoursPass();
    expect(receiver.calls).toHaveLength(1);
  });

  it('has nothing left that waits, however many events come with the block', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url());
    const before = Array.from({ length: 10 }, () => ada.event());
    const block = ada.access(true);
    const after = Array.from({ length: 10 }, () => ada.event());
    for (const eventId of await Promise.all([...before, ...after])) await ada.heard(eventId);
    await block;
    // A call that was under way ends as one that was overtaken.
    await eventually(() => expect(receiver.underWay).toBe(0));
    const waiting = (await ada.deliveries(webhook)).filter(({ status }) => status === 'pending');
    expect(waiting).toEqual([]);
    const calls = receiver.calls.length;
    await hoursPass();
    expect(receiver.calls).toHaveLength(calls);
  });

  it('is nothing to others, who are told what concerns both', async () => {
    const grace = new WebhookOwner(world, app);
    receiver.answer = accept;
    const event_types = [ConnectionAcceptedV1.type];
    const mine = await ada.make(receiver.url('/ada'), { event_types });
    const hers = await grace.make(receiver.url('/grace'), { event_types });
    await ada.access(true);
    const [requester_id, receiver_id] = [ada.caller.user_id, grace.caller.user_id];
    const data = { ...ConnectionAcceptedV1.sample, requester_id, receiver_id, accepted_by: receiver_id };
    await world.publish(ConnectionAcceptedV1, data);
    await grace.delivery(hers, { status: 'succeeded' });
    expect(await ada.deliveries(mine)).toEqual([]);
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/grace']);
  });
});
