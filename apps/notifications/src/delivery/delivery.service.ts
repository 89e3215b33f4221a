import { Inject, Injectable } from '@nestjs/common';
import {
  type DeliveryContent,
  NotificationDeliveredV1,
  type NOTIFICATION_FAILURES,
  NotificationFailedV1,
  type SendDeliveryV1,
  type Static,
} from '#contracts';
import { type Clock, faultPoint } from '#kernel';
import { Outbox } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK, FieldCipher, FieldCipherError, Logger, openDelivery } from '#platform';
import { type ClaimedDelivery, DeliveryRepository } from './delivery.repository.js';
import { isMailAddress } from './domain/mail-address.js';
import { nextAttempt } from './domain/retry-plan.js';
import { IncompleteLetter, letterFor } from './letters/index.js';
import { MailChannel, type MailOutcome } from './mail-channel.js';

type FailureReason = (typeof NOTIFICATION_FAILURES)[number];
type Ending = { kind: 'failed'; as: FailureReason; reason: string };

/** Longer than a conversation with a mail server can take with all its time-outs. */
const LEASE_MS = 5 * 60_000;
const DUE_AT_ONCE = 50;

/**
 * Sends every delivery once as far as mail allows. A mail that was accepted is marked at once and never sent again. One
 * window remains: a process that dies between the server's acceptance and our mark leaves a delivery that is sent again
 * when its lease is over. Not sending again would lose codes people wait for, so it is sent, under the same Message-ID.
 */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deliveries: DeliveryRepository,
    private readonly channel: MailChannel,
    private readonly outbox: Outbox,
    private readonly cipher: FieldCipher,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  accept(tx: Tx, delivery: Static<typeof SendDeliveryV1.data>): Promise<void> {
    return this.deliveries.insertOnce(tx, delivery, this.clock.now());
  }

  /** Tries what is due: retries, and what somebody left behind. */
  async sendDue(): Promise<void> {
    for (const id of await this.deliveries.due(this.clock.now(), DUE_AT_ONCE)) await this.attempt(id);
  }

  /** Does nothing for a delivery that is over, not due, or in other hands. */
  async attempt(id: string): Promise<void> {
    const now = this.clock.now();
    const delivery = await this.deliveries.claim(id, now, new Date(now.getTime() + LEASE_MS));
    if (delivery === undefined) return;
    const outcome = await this.send(delivery, now);
    if (outcome.kind === 'accepted') {
      faultPoint('mail.accepted_before_mark');
      await this.sent(delivery);
    } else if (outcome.kind === 'later') await this.later(delivery, outcome.reason);
    else
      await this.fail(delivery, outcome.kind === 'refused' ? { ...outcome, kind: 'failed', as: 'refused' } : outcome);
  }

  private async send(delivery: ClaimedDelivery, now: Date): Promise<MailOutcome | Ending> {
    const { id, kind, expires_at: expiresAt } = delivery;
    if (expiresAt !== null && expiresAt <= now) return { kind: 'failed', as: 'expired', reason: 'expired' };
    let content: DeliveryContent;
    try {
      content = openDelivery(this.cipher, id, delivery.content);
    } catch (error) {
      if (!(error instanceof FieldCipherError)) throw error;
      // A key that is missing here now may come with the next restart: the runbook of key rotation is about this.
      this.logger.error('the content of a delivery cannot be opened: check FIELD_KEYS', undefined, { delivery_id: id });
      return { kind: 'later', reason: 'unreadable' };
    }
    if (!isMailAddress(content.address)) return { kind: 'refused', reason: 'not an address' };
    try {
      const letter = letterFor(kind, content, expiresAt);
      return await this.channel.send({ ...letter, deliveryId: id, kind, to: content.address });
    } catch (error) {
      if (error instanceof IncompleteLetter) return { kind: 'failed', as: 'incomplete', reason: error.message };
      throw error;
    }
  }

  private async sent(delivery: ClaimedDelivery): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      if (!(await this.deliveries.markSent(tx, delivery.id, this.clock.now()))) return;
      const { user_id } = delivery;
      // Without an account there is nobody the event could be about.
      if (user_id === null) return;
      await this.outbox.add(
        tx,
        NotificationDeliveredV1,
        { ...this.factsOf(delivery), user_id },
        { subject: delivery.id },
      );
    });
    this.logger.info('a mail was handed over', {
      delivery_id: delivery.id,
      kind: delivery.kind,
      channel: this.channel.name,
    });
  }

  private async later(delivery: ClaimedDelivery, reason: string): Promise<void> {
    const next = nextAttempt(delivery.attempts, this.clock.now(), delivery.expires_at, Math.random());
    if (next.kind === 'over') await this.fail(delivery, { kind: 'failed', as: next.reason, reason });
    else await this.deliveries.retryAt(delivery, next.time, reason);
  }

  private async fail(delivery: ClaimedDelivery, { as, reason }: Ending): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      if (!(await this.deliveries.markFailed(tx, delivery, reason, this.clock.now()))) return;
      const { user_id } = delivery;
      if (user_id === null) return;
      const data = { ...this.factsOf(delivery), user_id, reason: as };
      await this.outbox.add(tx, NotificationFailedV1, data, { subject: delivery.id });
    });
    this.logger.warn('a mail was given up', { delivery_id: delivery.id, kind: delivery.kind, reason });
  }

  private factsOf({ id, kind }: ClaimedDelivery) {
    return { notification_id: id, type: kind, channel: this.channel.name };
  }
}
