import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApplicationCreatedV1,
  ApplicationDeletedV1,
  type CreateWebhookBody,
  deleteWebhook,
  getWebhook,
  listWebhookDeliveries,
  listWebhooks,
  replayWebhookDelivery,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
} from '#contracts';
import { newId } from '#kernel';
import { FieldCipher, generateFieldKey, parseFieldKeys } from '#platform';
import { TEST_FIELD_KEYS } from '#testing';
import { Resealing } from '../../src/resealing.js';
import { WebhookSecrets } from '../../src/webhooks/webhook-secrets.js';
import { type NotificationsApp, startWorld, user, type World } from './notifications-app.js';
import { isSignedWith, refuseWith, verify, WebhookReceiver } from './webhook-receiver.js';
import { WebhookOwner } from './webhook-world.js';

const OPEN = { WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true' };
const HOUR = 3_600_000;

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
  await world.db.admin('DELETE FROM notifications.webhook');
  receiver.reset();
  ada = new WebhookOwner(world, app);
});
afterAll(async () => {
  await world.stop();
  await receiver.stop();
});

describe('a webhook', () => {
  it('shows its secret once; what is kept is sealed, and nothing else has it', async () => {
    const { secret, ...webhook } = await ada.make(receiver.url(), { description: '  Mine ' });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toMatchObject({ description: 'Mine', status: 'enabled', previous_secret_expires_at: null });
    expect(await ada.get(webhook)).toEqual(webhook);
    const context = { caller: ada.caller };
    expect((await app.ask(listWebhooks, {}, context)).webhooks).toEqual([webhook]);
    await app.ask(testWebhook, { webhook_id: webhook.id }, { ...context, idempotencyKey: newId() });
    for (const table of ['webhook', 'webhook_delivery', 'outbox', 'idempotency_keys', 'inbox']) {
      const rows = await world.db.admin<{ text: string }>(
        `SELECT row_to_json(t)::text AS text FROM notifications.${table} t`,
      );
      for (const { text } of rows) expect(text).not.toContain(secret.slice('whsec_'.length, -1));
    }
  });

  it('of somebody else is not there, whatever is asked', async () => {
    const webhook = await ada.make(receiver.url());
    await app.ask(testWebhook, { webhook_id: webhook.id }, { caller: ada.caller });
    const [delivery] = await ada.deliveries(webhook);
    const context = { caller: user() };
    const mine = { webhook_id: webhook.id };
    const refused = { kind: 'not-found', code: 'NOT_FOUND' };
    await expect(app.ask(getWebhook, mine, context)).rejects.toMatchObject(refused);
    await expect(app.ask(updateWebhook, { ...mine, status: 'disabled' }, context)).rejects.toMatchObject(refused);
    await expect(app.ask(rotateWebhookSecret, mine, context)).rejects.toMatchObject(refused);
    await expect(app.ask(testWebhook, mine, context)).rejects.toMatchObject(refused);
    await expect(app.ask(listWebhookDeliveries, mine, context)).rejects.toMatchObject(refused);
    const replay = { ...mine, delivery_id: delivery?.id ?? '' };
    await expect(app.ask(replayWebhookDelivery, replay, context)).rejects.toMatchObject(refused);
    await expect(app.ask(deleteWebhook, mine, context)).rejects.toMatchObject(refused);
    expect((await app.ask(listWebhooks, {}, context)).total).toBe(0);
    const { secret: _secret, ...rest } = webhook;
    expect([_secret, await ada.get(webhook)]).toEqual([webhook.secret, rest]);
    // A delivery of one's own is not found under another webhook.
    const other = await ada.make(receiver.url());
    const elsewhere = { webhook_id: other.id, delivery_id: delivery?.id ?? '' };
    await expect(app.ask(replayWebhookDelivery, elsewhere, { caller: ada.caller })).rejects.toMatchObject(refused);
  });

  it('is one of at most twenty, also when many are made at once', async () => {
    const made = await Promise.allSettled(Array.from({ length: 24 }, () => ada.make(receiver.url())));
    const refused = made.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toHaveLength(4);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'LIMIT_REACHED', kind: 'conflict' });
  });

  it.each([
    ['no type', { event_types: [] }, 'event_types'],
    ['a type nobody knows', { event_types: ['users.all.v1'] }, 'event_types.0'],
    ['a type twice', { event_types: [ApplicationDeletedV1.type, ApplicationDeletedV1.type] }, 'event_types'],
    ['a blank description', { description: '  ' }, 'description'],
    ['no URL', { url: 'nowhere' }, 'url'],
    ['a metadata address', { url: 'http://169.254.169.254/' }, 'url'],
  ] as [string, Partial<CreateWebhookBody>, string][])('is not made with %s', async (_what, changes, field) => {
    await expect(ada.make(receiver.url(), changes)).rejects.toMatchObject({
      kind: 'invalid',
      details: [expect.objectContaining({ field })],
    });
  });

  it('keeps what a change does not name', async () => {
    const { secret: _secret, ...webhook } = await ada.make(receiver.url('/a'), { description: 'Mine' });
    expect(isWhsec(_secret)).toBe(true);
    const ask = (change: object) =>
      app.ask(updateWebhook, { webhook_id: webhook.id, ...change }, { caller: ada.caller });
    const event_types = [ApplicationCreatedV1.type];
    expect(await ask({ event_types })).toEqual({ ...webhook, event_types, updated_at: expect.any(String) });
    expect(await ask({ description: null })).toMatchObject({ description: null, event_types, url: receiver.url('/a') });
    await expect(ask({ url: 'http://169.254.169.254/' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    expect((await ada.get(webhook)).url).toBe(receiver.url('/a'));
  });

  it('is gone with its log when it is deleted, and what waited is not sent', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url());
    await ada.event();
    await ada.delivery(webhook, { status: 'pending', error: 'status' });
    await app.ask(deleteWebhook, { webhook_id: webhook.id }, { caller: ada.caller });
    ada.later(HOUR);
    expect(receiver.calls).toHaveLength(1);
    const rows = await world.db.admin('SELECT 1 FROM notifications.webhook_delivery WHERE webhook_id = $1', [
      webhook.id,
    ]);
    expect(rows).toEqual([]);
  });
});

const isWhsec = (secret: string): boolean => secret.startsWith('whsec_');

describe('the secret of a webhook', () => {
  const rotate = (id: string) => app.ask(rotateWebhookSecret, { webhook_id: id }, { caller: ada.caller });
  const call = async (id: string) => {
    await app.ask(testWebhook, { webhook_id: id }, { caller: ada.caller });
    const last = receiver.calls.at(-1);
    if (last === undefined) throw new Error('nothing arrived');
    return last;
  };

  it('is followed by another one, with both good for a day', async () => {
    // Receivers go by the time of the world.
    world.clock.jumpTo(new Date());
    const first = await ada.make(receiver.url());
    const second = await rotate(first.id);
    expect(second.secret).not.toBe(first.secret);
    const during = await call(first.id);
    expect(verify(first.secret, during)).toEqual(during.payload);
    expect(verify(second.secret, during)).toEqual(during.payload);
    expect(String(during.headers['webhook-signature']).split(' ')).toHaveLength(2);
    world.clock.advance(24 * HOUR);
    const after = await call(first.id);
    expect([isSignedWith(first.secret, after), isSignedWith(second.secret, after)]).toEqual([false, true]);
    expect((await ada.get(first)).previous_secret_expires_at).toBeNull();
  });

  it('that leaked stops counting at once by rotating twice', async () => {
    const leaked = await ada.make(receiver.url());
    const second = await rotate(leaked.id);
    const third = await rotate(leaked.id);
    const made = await call(leaked.id);
    const good = [leaked, second, third].map(({ secret }) => isSignedWith(secret, made));
    expect(good).toEqual([false, true, true]);
  });

  it('that was moved to another row or column does not sign, and that is nothing against the receiver', async () => {
    const [mine, theirs] = [await ada.make(receiver.url()), await ada.make(receiver.url())];
    await world.db.admin(
      `UPDATE notifications.webhook SET secret = (SELECT secret FROM notifications.webhook WHERE id = $2) WHERE id = $1`,
      [mine.id, theirs.id],
    );
    await ada.event();
    await ada.delivery(mine, { status: 'pending', error: 'ours' });
    expect((await ada.get(mine)).failing_since).toBeNull();
    await ada.delivery(theirs, { status: 'succeeded' });
    expect(receiver.calls).toHaveLength(1);
    const fresh = await rotate(mine.id);
    expect(fresh.previous_secret_expires_at).toBeNull();
    expect(isSignedWith(fresh.secret, await call(mine.id))).toBe(true);
  });

  it('is sealed with the newest key in time, so that an old key can be taken away', async () => {
    const { id, secret } = await ada.make(receiver.url());
    const { secret: newer } = await rotate(id);
    const key = generateFieldKey('newer');
    const both = await world.start({ ...OPEN, FIELD_KEYS: `${key},${TEST_FIELD_KEYS}` });
    await both.get(Resealing).run();
    await both.stop();
    const [row] = await world.db.admin<{ secret: string; previous_secret: string }>(
      'SELECT secret, previous_secret FROM notifications.webhook WHERE id = $1',
      [id],
    );
    const alone = new WebhookSecrets(new FieldCipher(parseFieldKeys(key)));
    expect(alone.open(row?.secret ?? '', 'secret', id)).toBe(newer);
    expect(alone.open(row?.previous_secret ?? '', 'previous_secret', id)).toBe(secret);
  });
});
