import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listLocalMails, listNotifications, updateWebhook, type Webhook } from '#contracts';
import { eventually } from '#testing';
import { WebhookNotices } from '../../src/webhooks/webhook-notices.js';
import { WebhooksLoop } from '../../src/webhooks/webhooks.loop.js';
import { type NotificationsApp, startWorld, user, type World } from './notifications-app.js';
import { refuseWith, WebhookReceiver } from './webhook-receiver.js';
import { WebhookOwner } from './webhook-world.js';

const HOUR = 3_600_000;

let world: World;
let app: NotificationsApp;
let other: NotificationsApp;
let ada: WebhookOwner;
const receiver = new WebhookReceiver();

beforeAll(async () => {
  world = await startWorld();
  await receiver.start();
  const settings = { WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true', WEBHOOK_DISABLE_AFTER: '48h' };
  [app, other] = [await world.start(settings), await world.start(settings)];
}, 60_000);
beforeEach(async () => {
  await world.db.admin('DELETE FROM notifications.webhook');
  receiver.reset();
  world.mailAddressOf = (userId) => `${userId}@example.com`;
  ada = new WebhookOwner(world, app);
});
afterAll(async () => {
  await world.stop();
  await receiver.stop();
});

const notices = async () =>
  (await app.ask(listNotifications, { type: 'webhook_disabled' }, { caller: ada.caller })).notifications;
const mails = async () => {
  const admin = user({ roles: ['user', 'admin'] });
  const { mails: all } = await app.ask(
    listLocalMails,
    { per_page: 100 },
    { caller: admin, clientAddress: '127.0.0.1' },
  );
  return all.filter(({ to }) => to === `${ada.caller.user_id}@example.com`);
};
/** Every replica looks, as each does every few seconds. */
const sendNotices = async (): Promise<void> => {
  await Promise.all([app, other].map((each) => each.get(WebhookNotices).sendDue()));
};
const disabled = (webhook: Webhook): Promise<Webhook> =>
  eventually(async () => {
    const now = await ada.get(webhook);
    expect(now.status).toBe('disabled');
    return now;
  });
/** One event after the other, each of which fails, over so long. */
async function failFor(webhook: Webhook, ms: number, events: number): Promise<void> {
  for (let at = 0; at < events; at += 1) {
    const before = receiver.calls.length;
    await ada.event();
    await eventually(() => expect(receiver.calls.length).toBeGreaterThan(before));
    await eventually(async () => {
      const [newest] = await ada.deliveries(webhook);
      expect(newest?.attempts.length).toBeGreaterThan(0);
    });
    world.clock.advance(ms / events);
    for (const each of [app, other]) each.get(WebhooksLoop).ring();
  }
}

describe('a webhook that fails', () => {
  it('for days is switched off with a notice and one mail, and what waited is dropped', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url('/s3cret'), { description: 'Spreadsheet' });
    await failFor(webhook, 50 * HOUR, 10);
    await ada.event();
    expect(await disabled(webhook)).toMatchObject({ disabled_reason: 'failing' });
    const states = (await ada.deliveries(webhook)).map(({ status }) => status);
    expect(new Set(states)).toEqual(new Set(['failed']));
    const [notice, ...more] = await notices();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ priority: 'high', data: { webhook_id: webhook.id, reason: 'failing' } });
    await sendNotices();
    await sendNotices();
    const [mail, ...others] = await mails();
    expect(others).toEqual([]);
    expect(mail?.text).toContain('(Spreadsheet)');
    expect(mail?.text).toContain('failed for days');
    expect(`${JSON.stringify(notice)} ${mail?.text ?? ''}`).not.toContain('s3cret');
  });

  it('a lot but not for long stays on, and so does one that works in between', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url());
    await failFor(webhook, 2 * HOUR, 14);
    expect((await ada.get(webhook)).status).toBe('enabled');
    receiver.reset();
    await failFor(webhook, 60 * HOUR, 2);
    receiver.answer = refuseWith(500);
    await failFor(webhook, 2 * HOUR, 12);
    expect((await ada.get(webhook)).status).toBe('enabled');
    expect(await notices()).toEqual([]);
  });

  it('with 410 is switched off at once, and said so once', async () => {
    receiver.answer = refuseWith(410);
    const webhook = await ada.make(receiver.url());
    await ada.event();
    await ada.delivery(webhook, { status: 'failed', error: 'status', next_attempt_at: null });
    expect(await disabled(webhook)).toMatchObject({ disabled_reason: 'gone' });
    expect(await notices()).toMatchObject([{ data: { reason: 'gone' } }]);
    await sendNotices();
    expect((await mails()).map(({ kind }) => kind)).toEqual(['webhook_disabled']);
  });
});

describe('a webhook that was switched off', () => {
  const gone = async (): Promise<Webhook> => {
    receiver.answer = refuseWith(410);
    const webhook = await ada.make(receiver.url());
    await ada.event();
    return disabled(webhook);
  };
  const enable = ({ id }: Webhook) =>
    app.ask(updateWebhook, { webhook_id: id, status: 'enabled' }, { caller: ada.caller });

  it('begins anew when its owner switches it on, without what happened meanwhile', async () => {
    const webhook = await gone();
    receiver.reset();
    const missed = await ada.event();
    await eventually(async () =>
      expect(await world.db.admin('SELECT 1 FROM notifications.inbox WHERE message_id = $1', [missed])).not.toEqual([]),
    );
    expect(await enable(webhook)).toMatchObject({ status: 'enabled', disabled_reason: null, failing_since: null });
    await ada.event();
    await eventually(() => expect(receiver.calls).toHaveLength(1));
    expect(await ada.deliveries(webhook)).toHaveLength(2);
  });

  it('is written about when identity is back, with one mail', async () => {
    world.mailAddressOf = () => undefined;
    await gone();
    await sendNotices();
    expect(await mails()).toEqual([]);
    world.mailAddressOf = (userId) => `${userId}@example.com`;
    await sendNotices();
    await sendNotices();
    expect(await mails()).toHaveLength(1);
  });

  it('is not written about to an address nobody confirmed, nor after its owner switched it on again', async () => {
    world.mailAddressOf = () => null;
    const webhook = await gone();
    await sendNotices();
    world.mailAddressOf = (userId) => `${userId}@example.com`;
    await sendNotices();
    expect(await mails()).toEqual([]);
    await enable(webhook);
    ada.later(1_000);
    await ada.event();
    await disabled(webhook);
    await enable(webhook);
    await sendNotices();
    expect(await mails()).toEqual([]);
    expect(await notices()).toHaveLength(2);
  });
});
