import { AppError } from '#kernel';
import type { Logger, MessageOutcome, Metrics } from '#platform';
import type { Delivery } from '../bus/bus.port.js';
import type { DeadLetters } from '../dead-letters/dead-letters.js';
import type { MessagingOptions } from '../messaging-options.js';

/** How handling one delivery ended. */
export type Outcome =
  | { kind: 'done' }
  /** Had its effect before. */
  | { kind: 'duplicate' }
  /** Nobody here reads this type, or it is about somebody who was erased. */
  | { kind: 'ignored' }
  /** Stopped by a shutdown: another replica takes it at once. */
  | { kind: 'handed-back' }
  | { kind: 'failed'; error: unknown };

export interface SettlementParts {
  durable: string;
  maxAttempts: number;
  deadLetters: Pick<DeadLetters, 'bury' | 'forget'>;
  options: Pick<MessagingOptions, 'retryDelaysMs'>;
  logger: Logger;
  metrics: Metrics;
}

/** A delivery that never got as far as an outcome (its process died each time) is tried this many times as often. */
const PATIENCE_WITHOUT_OUTCOME = 3;

/** The one place that says ack, nak or dead. */
export class Settlement {
  constructor(private readonly parts: SettlementParts) {}

  isLastAttempt(delivery: Delivery): boolean {
    return delivery.attempt >= this.parts.maxAttempts;
  }

  /** A message that kills whoever handles it: no outcome was ever reported, and it must not be tried for ever. */
  isExhausted(delivery: Delivery): boolean {
    return delivery.attempt > this.parts.maxAttempts * PATIENCE_WITHOUT_OUTCOME;
  }

  /** Never rejects: what cannot be settled now is delivered again after its ack wait, and the inbox knows it. */
  async settle(delivery: Delivery, outcome: Outcome, startedAt: number): Promise<void> {
    const { durable, logger, metrics } = this.parts;
    let told: MessageOutcome = 'handed-back';
    try {
      told = await this.apply(delivery, outcome);
    } catch (error) {
      logger.warn('a message could not be settled and will come again', { durable, id: delivery.messageId }, error);
    }
    metrics.observeMessage(durable, told, (performance.now() - startedAt) / 1000);
  }

  private async apply(delivery: Delivery, outcome: Outcome): Promise<MessageOutcome> {
    switch (outcome.kind) {
      case 'done':
        await delivery.ack();
        // It was buried, came again before it was settled, and now succeeded.
        if (delivery.attempt >= this.parts.maxAttempts) {
          await this.parts.deadLetters.forget(this.parts.durable, delivery);
        }
        return 'done';
      case 'duplicate':
      case 'ignored':
        await delivery.ack();
        return 'duplicate';
      case 'handed-back':
        await delivery.nak(0);
        return 'handed-back';
      case 'failed':
        return this.fail(delivery, outcome.error);
    }
  }

  private async fail(delivery: Delivery, error: unknown): Promise<MessageOutcome> {
    const { durable, deadLetters, logger } = this.parts;
    const facts = { durable, subject: delivery.subject, id: delivery.messageId, attempt: delivery.attempt };
    if (!isPermanent(error) && !this.isLastAttempt(delivery)) {
      const delay = this.delayAfter(delivery.attempt);
      logger.warn('a message failed and will be tried again', { ...facts, delay_ms: delay }, error);
      await delivery.nak(delay);
      return 'retry';
    }
    logger.error('a message was given up and goes to the dead letters', error, facts);
    try {
      await deadLetters.bury(durable, delivery, reasonOf(error));
    } catch (burial) {
      // The database or the bus is away. Nothing is lost: it comes again, and is tried again first.
      logger.warn('a dead letter could not be kept yet', facts, burial);
      await delivery.nak(this.delayAfter(delivery.attempt));
      return 'retry';
    }
    return 'dead';
  }

  private delayAfter(attempt: number): number {
    const { retryDelaysMs } = this.parts.options;
    const delay = retryDelaysMs[attempt - 1] ?? retryDelaysMs.at(-1) ?? 1000;
    // ±20 %: messages that failed together should not come back together.
    return Math.round(delay * (0.8 + Math.random() * 0.4));
  }
}

/** What somebody decided cannot succeed. Everything unexpected may: it gets its attempts. */
export const isPermanent = (error: unknown): boolean => error instanceof AppError && !error.retryable;

/** For the dead letter. The text of an unexpected error may quote data, so it stays in the log. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`.slice(0, 500);
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = Reflect.get(error, 'sqlState') ?? Reflect.get(error, 'code');
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}
