import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationCreatedV1, ApplicationDeletedV1, MessageSentV1 } from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { MAX_ATTEMPTS } from '../../src/webhooks/domain/attempt-plan.js';
import { WebhooksLoop } from '../../src/webhooks/webhooks.loop.js';
import { type NotificationsApp, startWorld, type World } from './notifications-app.js';
import { isSignedWith, refuseWith, verify, WebhookReceiver } from './webhook-receiver.js';
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

describe('an event', () => {
  it('is told to the webhook that listens, signed, and the log says so', async () => {
    const webhook = await ada.make(receiver.url('/hook?x=1'));
    await ada.event();
    const delivery = await ada.delivery(webhook, { status: 'succeeded', error: null, next_attempt_at: null });
    const [call] = receiver.calls;
    if (call === undefined) throw new Error('nothing arrived');
    expect(call.path).toBe('/hook?x=1');
    expect(call.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': delivery.message_id });
    expect(verify(webhook.secret, call)).toEqual(delivery.payload);
    expect(call.body).toBe(JSON.stringify(delivery.payload));
    expect(delivery.payload).toMatchObject({
      type: ApplicationDeletedV1.type,
      data: { user_id: ada.caller.user_id, posting_id: null },
    });
    expect(delivery.attempts).toMatchObject([{ status_code: 204, error: null }]);
  });

  it('is told to nobody else, and not to a webhook that listens to other things or is switched off', async () => {
    const eve = new WebhookOwner(world, app);
    await eve.make(receiver.url('/eve'));
    await ada.make(receiver.url('/other'), { event_types: [ApplicationCreatedV1.type] });
    const off = await ada.make(receiver.url('/off'));
    await ada.switchTo('disabled', off);
    const on = await ada.make(receiver.url('/on'));
    await ada.event();
    await ada.delivery(on, { status: 'succeeded' });
    await ada.switchTo('enabled', off);
    ada.later(HOUR);
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/on']);
    expect(await ada.deliveries(off)).toEqual([]);
  });

  it('of a message is told to whoever got it, not to whoever wrote it', async () => {
    const eve = new WebhookOwner(world, app);
    const types = { event_types: [MessageSentV1.type] };
    await eve.make(receiver.url('/sender'), types);
    const mine = await ada.make(receiver.url('/receiver'), types);
    const people = { sender_id: eve.caller.user_id, receiver_id: ada.caller.user_id };
    await world.publish(MessageSentV1, { message_id: newId(), connection_id: newId(), ...people });
    await ada.delivery(mine, { status: 'succeeded' });
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/receiver']);
  });

  it('that comes again, also after the inbox forgot it, is one call', async () => {
    const webhook = await ada.make(receiver.url());
    const id = await ada.event();
    await ada.delivery(webhook, { status: 'succeeded' });
    await world.db.admin('DELETE FROM notifications.inbox');
    await ada.event(id);
    await eventually(async () =>
      expect(await world.db.admin('SELECT 1 FROM notifications.inbox WHERE message_id = $1', [id])).toHaveLength(1),
    );
    await ada.delivery(webhook, { status: 'succeeded' });
    expect(receiver.calls).toHaveLength(1);
  });

  it('is one call however many replicas work, and one webhook is called by one at a time', async () => {
    const others = [await world.start(OPEN), await world.start(OPEN)];
    receiver.answer = async (response) => {
      for (const each of [app, ...others]) each.get(WebhooksLoop).ring();
      await new Promise((resolve) => setTimeout(resolve, 30));
      response.writeHead(204).end();
    };
    const webhooks = await Promise.all(Array.from({ length: 3 }, (_, at) => ada.make(receiver.url(`/${at}`))));
    for (let at = 0; at < 10; at += 1) await ada.event();
    await eventually(
      async () => {
        for (const webhook of webhooks) {
          const log = await ada.deliveries(webhook);
          expect(log.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'succeeded'));
        }
      },
      { timeoutMs: 15_000 },
    );
    for (const other of others) await other.stop();
    expect(receiver.calls).toHaveLength(30);
    expect(new Set(receiver.calls.map(({ id }) => id)).size).toBe(30);
    expect(receiver.mostUnderWay).toBeLessThanOrEqual(4);
  });

  it('that comes while a thousand wait is written down and not sent, and can be replayed', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url());
    await world.db.admin(
      `INSERT INTO notifications.webhook_delivery
         (id, webhook_id, message_id, event_type, occurred_at, data, next_attempt_at, created_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid(), '${ApplicationCreatedV1.type}', now(), '{}', now() + interval '1 day', now() - interval '1 day'
       FROM generate_series(1, 1000)`,
      [webhook.id],
    );
    await ada.event();
    const last = await eventually(async () => {
      const [newest] = await ada.deliveries(webhook);
      expect(newest).toMatchObject({ status: 'failed', error: 'queue-full', attempts: [] });
      return newest;
    });
    expect(receiver.calls).toEqual([]);
    if (last === undefined) throw new Error('no delivery');
    await expect(ada.replay(webhook, last)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
    await world.db.admin('DELETE FROM notifications.webhook_delivery WHERE event_type = $1', [
      ApplicationCreatedV1.type,
    ]);
    expect(await ada.replay(webhook, last)).toMatchObject({ status: 'pending', replay_of: last.id });
  });
});

describe('a receiver that takes its time', () => {
  it('holds up its owner at most, and only with four calls at once', async () => {
    const held: (() => void)[] = [];
    receiver.answer = (response, { path }) => {
      if (path === '/slow') held.push(() => response.writeHead(204).end());
      else response.writeHead(204).end();
    };
    const slow = await Promise.all(Array.from({ length: 7 }, () => ada.make(receiver.url('/slow'))));
    await ada.event();
    await eventually(() => expect(receiver.at('/slow')).toHaveLength(4));
    const eve = new WebhookOwner(world, app);
    const quick = await eve.make(receiver.url('/quick'));
    await eve.event();
    await eve.delivery(quick, { status: 'succeeded' });
    expect(receiver.at('/slow')).toHaveLength(4);
    // Those that wait are called as the others end.
    await eventually(() => {
      for (const answer of held.splice(0)) answer();
      expect(receiver.at('/slow')).toHaveLength(7);
      expect(receiver.underWay).toBe(0);
    });
    for (const webhook of slow) await ada.delivery(webhook, { status: 'succeeded' });
  });
});

describe('a call that fails', () => {
  it('is repeated by the plan, as the same message signed anew, and given up after a day', async () => {
    receiver.answer = refuseWith(500);
    const webhook = await ada.make(receiver.url());
    await ada.event();
    const began = world.clock.now().getTime();
    for (let attempts = 1; attempts < MAX_ATTEMPTS; attempts += 1) {
      const { next_attempt_at: next } = await eventually(async () => {
        const delivery = await ada.delivery(webhook, { status: 'pending', error: 'status' });
        expect(delivery.attempts).toHaveLength(attempts);
        expect(delivery.next_attempt_at).not.toBeNull();
        return delivery;
      });
      const wait = new Date(next ?? 0).getTime() - world.clock.now().getTime();
      expect(wait).toBeGreaterThan(0);
      // Not a moment before.
      ada.later(wait - 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(receiver.calls).toHaveLength(attempts);
      ada.later(1);
    }
    const { attempts } = await ada.delivery(webhook, { status: 'failed', error: 'status', next_attempt_at: null });
    expect(attempts.map(({ status_code }) => status_code)).toEqual(Array.from({ length: MAX_ATTEMPTS }, () => 500));
    expect(world.clock.now().getTime() - began).toBeGreaterThan(20 * HOUR);
    expect(new Set(receiver.calls.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(MAX_ATTEMPTS);
    for (const call of receiver.calls) expect(isSignedWith(webhook.secret, call)).toBe(true);
    ada.later(DAY);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.calls).toHaveLength(MAX_ATTEMPTS);
  });

  it('is forgiven when the next one works', async () => {
    receiver.answer = refuseWith(503);
    const webhook = await ada.make(receiver.url());
    await ada.event();
    await ada.delivery(webhook, { status: 'pending' });
    await eventually(async () => expect((await ada.get(webhook)).failing_since).not.toBeNull());
    receiver.reset();
    ada.later(10_000);
    await ada.delivery(webhook, { status: 'succeeded' });
    expect(await ada.get(webhook)).toMatchObject({ failing_since: null, status: 'enabled' });
  });

  it.each([429, 503])('with %i and Retry-After holds all calls of the webhook so long', async (status) => {
    receiver.answer = refuseWith(status, { 'retry-after': '600' });
    const webhook = await ada.make(receiver.url());
    await ada.event();
    const { next_attempt_at: next } = await ada.delivery(webhook, { status: 'pending', error: 'status' });
    expect(new Date(next ?? 0).getTime() - Date.now()).toBeGreaterThan(590_000);
    receiver.answer = refuseWith(204);
    await ada.event();
    ada.later(590_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(receiver.calls).toHaveLength(1);
    ada.later(20_000);
    await eventually(() => expect(receiver.calls).toHaveLength(3));
  });

  it.each([301, 302, 303, 307, 308])('with %i is not followed to where it points', async (status) => {
    receiver.answer = refuseWith(status, { location: receiver.url('/elsewhere') });
    const webhook = await ada.make(receiver.url('/hook'));
    await ada.event();
    const { attempts } = await ada.delivery(webhook, { status: 'pending', error: 'redirect' });
    expect(attempts).toMatchObject([{ status_code: status, error: 'redirect' }]);
    expect(receiver.calls.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('for want of a connection is one, too', async () => {
    const gone = new WebhookReceiver();
    await gone.start();
    const url = gone.url();
    await gone.stop();
    const webhook = await ada.make(url);
    await ada.event();
    await ada.delivery(webhook, { status: 'pending', error: 'connection' });
  });

  it('is none when only the body of a success is endless or nonsense', async () => {
    receiver.answer = (response) =>
      void response.writeHead(200, { 'content-encoding': 'br' }).end(Buffer.alloc(8_000_000, 1));
    const webhook = await ada.make(receiver.url());
    await ada.event();
    await ada.delivery(webhook, { status: 'succeeded' });
  });

  it('leaves nothing in the log of what a machine of the inner network said', async () => {
    receiver.answer = refuseWith(400, {}, 'inner secrets');
    const webhook = await ada.make(receiver.url());
    await ada.event();
    expect((await ada.delivery(webhook, { error: 'status' })).answer).toBeNull();
  });
});
