import { Inject, Injectable } from '@nestjs/common';
import type { CreateWebhookBody, listWebhooks, NewWebhook, Static, UpdateWebhookBody, Webhook } from '#contracts';
import { type Clock, conflict, invalid, newId, notFound } from '#kernel';
import { callerId, type RpcContext } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { WEBHOOK_SETTINGS, type WebhookSettings } from './config.js';
import { receiverUrl } from './domain/receiver-url.js';
import { WebhookRepository, type WebhookRow } from './webhook.repository.js';
import { WebhookQueueRepository } from './webhook-queue.repository.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { toWebhook } from './webhook-view.js';

const MAX_WEBHOOKS = 20;
/** How long calls are signed with the old secret, too, after a rotation. */
const OVERLAP_MS = 86_400_000;

@Injectable()
export class WebhooksService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhookRepository,
    private readonly queue: WebhookQueueRepository,
    private readonly secrets: WebhookSecrets,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings,
  ) {}

  async list(
    { page = 1, per_page = 20 }: Static<typeof listWebhooks.request>,
    context: RpcContext,
  ): Promise<Static<typeof listWebhooks.response>> {
    const { rows, total } = await this.webhooks.page(callerId(context), per_page, (page - 1) * per_page);
    const webhooks = rows.map((row) => this.view(row));
    return { total, page, per_page, total_pages: Math.ceil(total / per_page), webhooks };
  }

  async get(id: string, context: RpcContext): Promise<Webhook> {
    return this.view(there(await this.webhooks.find(callerId(context), id)));
  }

  create(request: CreateWebhookBody, context: RpcContext): Promise<NewWebhook> {
    const userId = callerId(context);
    const [id, now, secret] = [newId(), this.clock.now(), this.secrets.make()];
    const row: WebhookRow = {
      id,
      user_id: userId,
      url: this.checked(request.url),
      description: tidied(request.description ?? null),
      event_types: request.event_types,
      secret: this.secrets.seal(secret, 'secret', id),
      previous_secret: null,
      previous_expires_at: null,
      disabled_reason: null,
      disabled_at: null,
      notice_due: false,
      failures: 0,
      failing_since: null,
      hold_until: null,
      created_at: now,
      updated_at: now,
    };
    return this.unitOfWork.run(async (tx) => {
      if ((await this.webhooks.countLocked(tx, userId)) >= MAX_WEBHOOKS) {
        throw conflict('LIMIT_REACHED', `An account has at most ${MAX_WEBHOOKS} webhooks; delete one first.`);
      }
      await this.webhooks.insert(tx, row);
      return { ...this.view(row), secret };
    });
  }

  update(id: string, change: UpdateWebhookBody, context: RpcContext): Promise<Webhook> {
    const url = change.url === undefined ? undefined : this.checked(change.url);
    const description = change.description === undefined ? undefined : tidied(change.description);
    return this.unitOfWork.run(async (tx) => {
      const row = there(await this.webhooks.lockOwned(tx, callerId(context), id));
      const changed: WebhookRow = {
        ...row,
        url: url ?? row.url,
        description: description === undefined ? row.description : description,
        event_types: change.event_types ?? row.event_types,
        updated_at: this.clock.now(),
      };
      return this.view(await this.switched(tx, changed, change.status));
    });
  }

  /**
   * The secret before this one is good for a day more; one that was still good from the rotation before is not. One
   * whose key is lost signs nothing any more: a rotation is the way out of that.
   */
  rotate(id: string, context: RpcContext): Promise<NewWebhook> {
    const secret = this.secrets.make();
    return this.unitOfWork.run(async (tx) => {
      const row = there(await this.webhooks.lockOwned(tx, callerId(context), id));
      const now = this.clock.now();
      const previous = this.secrets.openIfPossible(row.secret, 'secret', id);
      const overlap =
        previous === undefined
          ? { previous_secret: null, previous_expires_at: null }
          : {
              previous_secret: this.secrets.seal(previous, 'previous_secret', id),
              previous_expires_at: new Date(now.getTime() + OVERLAP_MS),
            };
      const rotated = { ...row, ...overlap, secret: this.secrets.seal(secret, 'secret', id), updated_at: now };
      await this.webhooks.save(tx, rotated);
      return { ...this.view(rotated), secret };
    });
  }

  async delete(id: string, context: RpcContext): Promise<void> {
    if (!(await this.webhooks.delete(callerId(context), id))) throw notFound('The webhook');
  }

  private async switched(tx: Tx, row: WebhookRow, status: Webhook['status'] | undefined): Promise<WebhookRow> {
    const now = row.updated_at;
    const result: WebhookRow =
      status === 'enabled' && row.disabled_reason !== null
        ? {
            ...row,
            disabled_reason: null,
            disabled_at: null,
            notice_due: false,
            failures: 0,
            failing_since: null,
            hold_until: null,
          }
        : status === 'disabled' && row.disabled_reason === null
          ? { ...row, disabled_reason: 'owner', disabled_at: now }
          : row;
    await this.webhooks.save(tx, result);
    if (status === 'disabled') await this.queue.drop(tx, row.id, 'disabled', now);
    return result;
  }

  private checked(url: string): string {
    return receiverUrl(url, this.settings.WEBHOOK_ALLOW_PRIVATE_TARGETS);
  }

  private view(row: WebhookRow): Webhook {
    return toWebhook(row, this.clock.now());
  }
}

export function there(row: WebhookRow | undefined): WebhookRow {
  if (row === undefined) throw notFound('The webhook');
  return row;
}

function tidied(description: string | null): string | null {
  const text = description?.normalize('NFC').trim();
  if (text === '') throw invalid([{ field: 'description', message: 'must not be blank' }]);
  return text ?? null;
}
