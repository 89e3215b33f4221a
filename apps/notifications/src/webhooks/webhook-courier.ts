import { Inject, Injectable } from '@nestjs/common';
import { WEBHOOK_TEST_TYPE, type WebhookAttempt } from '#contracts';
import { type Clock, faultPoint } from '#kernel';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK, Logger, Metrics } from '#platform';
import { webhookOccasion } from '../inbox/domain/webhook-occasion.js';
import { InboxService } from '../inbox/inbox.service.js';
import { isGivenUp, nextAttempt } from './domain/attempt-plan.js';
import { WEBHOOK_SETTINGS, type WebhookSettings } from './config.js';
import { CALL_TIMEOUT_MS, type CallResult, WebhookCall } from './webhook-call.js';
import { WebhookRepository, type WebhookRow } from './webhook.repository.js';
import { type ClaimedCall, WebhookQueueRepository } from './webhook-queue.repository.js';

/** Longer than a call and its two short transactions can take. */
const LEASE_MS = CALL_TIMEOUT_MS + 45_000;
const GONE = 410;

/**
 * Takes a delivery, calls the receiver outside of any transaction, and writes down what came of it. One window remains:
 * a process that dies between the receiver's answer and our mark leaves a delivery that is sent again when its lease is
 * over. It has the same `webhook-id` then, by which a receiver knows that it had it.
 */
@Injectable()
export class WebhookCourier {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhookRepository,
    private readonly queue: WebhookQueueRepository,
    private readonly call: WebhookCall,
    private readonly inbox: InboxService,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings,
  ) {}

  async claim(id: string): Promise<ClaimedCall | undefined> {
    const now = this.clock.now();
    return this.queue.claim(id, now, new Date(now.getTime() + LEASE_MS));
  }

  async deliver(claimed: ClaimedCall): Promise<void> {
    const at = this.clock.now().toISOString();
    const result = await this.call.make(claimed, this.settings.WEBHOOK_ALLOW_PRIVATE_TARGETS);
    faultPoint('webhook.answered_before_mark');
    const { durationMs: duration_ms, statusCode: status_code, error } = result;
    const attempt: WebhookAttempt = { at, duration_ms, status_code, error };
    const outcome = await this.unitOfWork.run((tx) => this.write(tx, claimed, attempt, result));
    this.metrics
      .counter('webhook_calls_total', 'Calls to webhooks, and what was decided after them', ['outcome'])
      .inc({ outcome });
    this.logger.debug('a webhook was called', { delivery_id: claimed.id, outcome, status: status_code });
  }

  private async write(tx: Tx, claimed: ClaimedCall, attempt: WebhookAttempt, result: CallResult): Promise<Outcome> {
    const now = this.clock.now();
    const webhook = await this.webhooks.lock(tx, claimed.webhook_id);
    // Deleted meanwhile, and its deliveries with it.
    if (webhook === undefined) return 'deleted';
    const isTest = claimed.event_type === WEBHOOK_TEST_TYPE;
    if (attempt.error === null) {
      if (await this.queue.succeed(tx, claimed.id, attempt, now)) await this.works(tx, webhook);
      return 'succeeded';
    }
    const isGone = attempt.status_code === GONE;
    const next = isTest || isGone ? undefined : nextAttempt(claimed.attempts, now, Math.random(), result.notBefore);
    if (!(await this.queue.fail(tx, claimed, attempt, result.answer, now, next))) return 'overtaken';
    // A test says something to the one who asked for it, and a fault of ours nothing about the receiver.
    if (isTest || attempt.error === 'ours') return next === undefined ? 'failed' : 'retried';
    await this.doesNotWork(tx, webhook, now, isGone, result.notBefore);
    return next === undefined ? 'failed' : 'retried';
  }

  private async works(tx: Tx, webhook: WebhookRow): Promise<void> {
    if (webhook.failures === 0 && webhook.hold_until === null) return;
    await this.webhooks.save(tx, { ...webhook, failures: 0, failing_since: null, hold_until: null });
  }

  private async doesNotWork(
    tx: Tx,
    webhook: WebhookRow,
    now: Date,
    isGone: boolean,
    holdUntil: Date | undefined,
  ): Promise<void> {
    const failures = webhook.failures + 1;
    const failing_since = webhook.failing_since ?? now;
    const failing = { ...webhook, failures, failing_since, hold_until: holdUntil ?? webhook.hold_until };
    const reason = isGone
      ? 'gone'
      : isGivenUp(failures, failing_since, now, this.settings.WEBHOOK_DISABLE_AFTER)
        ? 'failing'
        : undefined;
    if (reason === undefined || webhook.disabled_reason !== null) return this.webhooks.save(tx, failing);
    await this.webhooks.save(tx, { ...failing, disabled_reason: reason, disabled_at: now, notice_due: true });
    await this.queue.drop(tx, webhook.id, 'disabled', now);
    await this.inbox.tell(webhookOccasion(webhook, reason, now), { tx });
    this.logger.info('a webhook was switched off', { webhook_id: webhook.id, reason });
  }
}

/** overtaken: the lease was over and somebody else has it, or it has ended. */
type Outcome = 'succeeded' | 'retried' | 'failed' | 'deleted' | 'overtaken';
