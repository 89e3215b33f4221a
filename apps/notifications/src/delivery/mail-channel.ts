import type { DeliveryKind } from '#contracts';
import type { WrittenLetter } from './letters/index.js';

export interface Mail extends WrittenLetter {
  deliveryId: string;
  kind: DeliveryKind;
  to: string;
}

/** `reason` is for the table and the log: it never quotes an address or what the mail says. */
export type MailOutcome =
  { kind: 'accepted' } | { kind: 'refused'; reason: string } | { kind: 'later'; reason: string };

/** Where mails go: to a mail server, or into the local outbox. */
export abstract class MailChannel {
  /** Of the events that tell what came of it. */
  abstract readonly name: 'email' | 'local-outbox';
  /** Rejects only for a failure of our own (the database). */
  abstract send(mail: Mail): Promise<MailOutcome>;
}
