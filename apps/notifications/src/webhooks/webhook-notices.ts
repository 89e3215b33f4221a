import { Injectable } from '@nestjs/common';
import { getMailAddress } from '#contracts';
import { newId, toAppError } from '#kernel';
import { RpcClient } from '#messaging';
import { UnitOfWork } from '#persistence';
import { FieldCipher, Logger, sealDelivery } from '#platform';
import { DeliveryService } from '../delivery/delivery.service.js';
import { WebhookRepository, type WebhookRow } from './webhook.repository.js';

const AT_ONCE = 20;
/** Mails to owners whose webhooks were switched off. Identity knows where to write to; while it is away they wait. */
@Injectable()
export class WebhookNotices {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhookRepository,
    private readonly mails: DeliveryService,
    private readonly rpc: RpcClient,
    private readonly cipher: FieldCipher,
    private readonly logger: Logger,
  ) {}

  async sendDue(): Promise<void> {
    for (const webhook of await this.webhooks.withNoticeDue(AT_ONCE)) {
      try {
        await this.send(webhook);
      } catch (error) {
        const { code } = toAppError(error);
        this.logger.warn('a notice about a webhook has to wait', { webhook_id: webhook.id, code }, error);
        return;
      }
    }
  }

  private async send({ id, user_id: userId }: WebhookRow): Promise<void> {
    const { address } = await this.rpc.call(getMailAddress, { user_id: userId }, {});
    const mailId = newId();
    const isQueued = await this.unitOfWork.run(async (tx) => {
      // Of all who try, the first to lock it writes.
      const webhook = await this.webhooks.lock(tx, id);
      if (webhook === undefined || !webhook.notice_due || webhook.disabled_reason === null) return false;
      await this.webhooks.save(tx, { ...webhook, notice_due: false });
      if (address === null) return false;
      const values = { url: nameOf(webhook), reason: webhook.disabled_reason };
      await this.mails.accept(tx, {
        delivery_id: mailId,
        user_id: userId,
        kind: 'webhook_disabled',
        content: sealDelivery(this.cipher, mailId, { address, language: null, values }),
        expires_at: null,
      });
      return true;
    });
    if (isQueued) await this.mails.attempt(mailId);
  }
}

/** Which of his webhooks: what comes after the host may be a secret, and mails are read by many. */
const nameOf = ({ url, description }: WebhookRow): string =>
  description === null ? new URL(url).origin : `${new URL(url).origin} (${description})`;
