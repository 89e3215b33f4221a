import { compileSchema, type LocalMail, type Static, Type } from '#contracts';
import type { Clock } from '#kernel';
import type { FieldCipher, FieldPlace, Logger } from '#platform';
import type { LocalMailRepository, LocalMailRow } from './local-mail.repository.js';
import { type Mail, MailChannel, type MailOutcome } from './mail-channel.js';

const Written = Type.Object({ to: Type.String(), subject: Type.String(), text: Type.String(), html: Type.String() });
const written = compileSchema(Written);
const placeOf = (id: string): FieldPlace => ({ table: 'notifications.local_mail', column: 'content', owner: id });

/** Where there is no mail server: mails are kept, encrypted, for an admin at this machine. */
export class LocalOutboxChannel extends MailChannel {
  override readonly name = 'local-outbox';

  constructor(
    private readonly mails: LocalMailRepository,
    private readonly cipher: FieldCipher,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super();
  }

  override async send({ deliveryId: id, kind, to, subject, text, html }: Mail): Promise<MailOutcome> {
    const content: Static<typeof Written> = { to, subject, text, html };
    await this.mails.insertOnce({
      id,
      kind,
      content: this.cipher.encrypt(JSON.stringify(content), placeOf(id)),
      created_at: this.clock.now(),
    });
    this.logger.info('no mail server is configured: a mail was put into the local outbox', { delivery_id: id, kind });
    return { kind: 'accepted' };
  }
}

export function readLocalMail(cipher: FieldCipher, { id, kind, content, created_at }: LocalMailRow): LocalMail {
  const opened: unknown = JSON.parse(cipher.decrypt(content, placeOf(id)));
  if (!written.check(opened)) throw new Error('a mail of the local outbox is not one');
  return { id, kind, ...opened, created_at: created_at.toISOString() };
}
