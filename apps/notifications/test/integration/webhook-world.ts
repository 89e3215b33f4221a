import { expect } from '@jest/globals';
import {
  ApplicationDeletedV1,
  type Caller,
  createWebhook,
  type CreateWebhookBody,
  getWebhook,
  listWebhookDeliveries,
  type NewWebhook,
  replayWebhookDelivery,
  updateWebhook,
  UserAccessChangedV1,
  type Webhook,
  type WebhookDelivery,
} from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { WebhooksLoop } from '../../src/webhooks/webhooks.loop.js';
import { type NotificationsApp, user, type World } from './notifications-app.js';

/** Somebody with a webhook, and everything a test asks about it. */
export class WebhookOwner {
  readonly caller: Caller = user();

  constructor(
    private readonly world: World,
    private readonly app: NotificationsApp,
  ) {}

  make(url: string, changes: Partial<CreateWebhookBody> = {}): Promise<NewWebhook> {
    const body = { url, event_types: [ApplicationDeletedV1.type], ...changes };
    return this.app.ask(createWebhook, body, { caller: this.caller });
  }

  get({ id }: Pick<Webhook, 'id'>): Promise<Webhook> {
    return this.app.ask(getWebhook, { webhook_id: id }, { caller: this.caller });
  }

  switchTo(status: Webhook['status'], { id }: Pick<Webhook, 'id'>): Promise<Webhook> {
    return this.app.ask(updateWebhook, { webhook_id: id, status }, { caller: this.caller });
  }

  replay({ id }: Pick<Webhook, 'id'>, delivery: WebhookDelivery, idempotencyKey?: string): Promise<WebhookDelivery> {
    const about = { webhook_id: id, delivery_id: delivery.id };
    const context = { caller: this.caller, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
    return this.app.ask(replayWebhookDelivery, about, context);
  }

  async deliveries({ id }: Pick<Webhook, 'id'>): Promise<WebhookDelivery[]> {
    return (await this.app.ask(listWebhookDeliveries, { webhook_id: id, per_page: 100 }, { caller: this.caller }))
      .deliveries;
  }

  /** Something happened to this person. Answers the event's id. */
  event(eventId = newId()): Promise<string> {
    const data = { user_id: this.caller.user_id, application_id: newId(), posting_id: null };
    return this.world.publish(ApplicationDeletedV1, data, eventId);
  }

  /** Identity says whether he is blocked; answers when that was heard. */
  async access(blocked: boolean): Promise<void> {
    // No two changes of an account have the same time.
    this.world.clock.advance(1);
    const valid_from = this.world.clock.now().toISOString();
    const data = { user_id: this.caller.user_id, roles: ['user' as const], blocked, valid_from };
    await this.heard(await this.world.publish(UserAccessChangedV1, data));
  }

  /** Nothing more comes of this event. */
  async heard(eventId: string): Promise<void> {
    await eventually(async () => {
      const sql = `SELECT 1 FROM notifications.inbox WHERE message_id = $1 AND consumer = 'notifications-webhooks'`;
      expect(await this.world.db.admin(sql, [eventId])).toHaveLength(1);
    });
  }

  /** The only delivery there is, as soon as it looks like this. */
  delivery(webhook: Pick<Webhook, 'id'>, expected: Partial<WebhookDelivery>): Promise<WebhookDelivery> {
    return eventually(async () => {
      const [delivery, ...more] = await this.deliveries(webhook);
      expect(more).toEqual([]);
      expect(delivery).toMatchObject(expected);
      if (delivery === undefined) throw new Error('no delivery');
      return delivery;
    });
  }

  /** Time goes on, and somebody looks what is due. */
  later(ms: number): void {
    this.world.clock.advance(ms);
    this.app.get(WebhooksLoop).ring();
  }
}
