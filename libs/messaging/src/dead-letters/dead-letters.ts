import type { ServiceName } from '#contracts';
import { faultPoint } from '#kernel';
import type { Database } from '#persistence';
import type { Bus, Delivery } from '../bus/bus.port.js';
import { parseJson, textOf } from '../rpc/wire.js';
import { deadLetterId, deadLetterRepository } from './dead-letter.repository.js';

/**
 * Where messages go that were given up. Three steps, each of which may be repeated: the row (what an admin lists and
 * replays), a copy on stream DLQ (what other tools watch), then the end of the delivery. A crash between them brings
 * the message back, and the same ids make the repeated steps find what is there. Only the copy is deduplicated by the
 * stream's window (10 minutes) instead of for ever; the row counts.
 */
export class DeadLetters {
  constructor(
    private readonly service: ServiceName,
    private readonly bus: Bus,
    private readonly database: Database,
  ) {}

  async bury(consumer: string, delivery: Delivery, reason: string): Promise<void> {
    const messageId = messageIdOf(delivery);
    const id = deadLetterId(consumer, messageId);
    await deadLetterRepository.keep(this.database, id, {
      consumer,
      message_id: messageId,
      stream: delivery.stream,
      subject: delivery.subject,
      envelope: textOf(delivery.payload),
      headers: carriedOn(delivery.headers),
      reason,
      attempts: delivery.attempt,
    });
    await this.bus.append('DLQ', `dlq-${id}`, {
      subject: `dlq.${this.service}.${delivery.subject}`,
      payload: delivery.payload,
      headers: {
        ...carriedOn(delivery.headers),
        'cc-dead-consumer': consumer,
        'cc-dead-reason': reason.replaceAll(/[\r\n]/g, ' '),
        'cc-dead-attempts': String(delivery.attempt),
        'cc-dead-stream': delivery.stream,
        'cc-dead-sequence': String(delivery.sequence),
      },
    });
    faultPoint('dlq.after_copy_before_term');
    await delivery.terminate();
  }

  /** A buried message that was delivered once more and succeeded needs nobody any more. */
  async forget(consumer: string, delivery: Delivery): Promise<void> {
    await deadLetterRepository.markReplayed(this.database, deadLetterId(consumer, messageIdOf(delivery)));
  }
}

/** The envelope's id, which stays the same when a command is put back into its queue as a new message. */
function messageIdOf(delivery: Delivery): string {
  const envelope = parseJson(textOf(delivery.payload));
  const id: unknown = typeof envelope === 'object' && envelope !== null ? Reflect.get(envelope, 'id') : undefined;
  return typeof id === 'string' && id !== '' && id.length <= 100 ? id : delivery.messageId;
}

/** The bus's own headers (message id, expectations) belong to the original, not to the copy. */
const carriedOn = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('nats-')));
