import type { Logger } from '#platform';
import type { Transporter } from 'nodemailer';
import type { MailSettings } from './config.js';
import { type Mail, MailChannel, type MailOutcome } from './mail-channel.js';

/** What of a failed conversation decides, and may be told. `response` is left out: servers quote the address in it. */
interface SmtpFailure {
  code?: unknown;
  command?: unknown;
  responseCode?: unknown;
  permanent?: unknown;
}

const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000, dnsTimeout: 5_000 };

/** Hands mails to the operator's mail server. Acceptance (250 after the data) is all that can be known here. */
export class SmtpChannel extends MailChannel {
  override readonly name = 'email';
  private transport: Promise<Transporter> | undefined;

  constructor(
    private readonly host: string,
    private readonly settings: MailSettings,
    private readonly logger: Logger,
  ) {
    super();
  }

  override async send(mail: Mail): Promise<MailOutcome> {
    const { MAIL_FROM: from, MAIL_REPLY_TO: replyTo } = this.settings;
    this.transport ??= this.connect();
    const transport = await this.transport;
    try {
      await transport.sendMail({
        // The same at every attempt: a mail that did arrive twice is recognised as one by the mailbox.
        messageId: `<${mail.deliveryId}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
        from,
        to: { name: '', address: mail.to },
        ...(replyTo === undefined ? {} : { replyTo }),
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        // Nobody's out-of-office answer is wanted (RFC 3834). No List-Unsubscribe: these are about the account itself.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
      return { kind: 'accepted' };
    } catch (error) {
      return this.understand(error, mail);
    }
  }

  private understand(error: unknown, { deliveryId }: Mail): MailOutcome {
    const { code, command, responseCode, permanent } = error as SmtpFailure;
    const known = [code, command, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number');
    const reason = ['smtp', ...known].join(' ');
    // Said of us, not of the reader: the operator mends it, and the mail can still go.
    const isOurFault = code === 'EAUTH' || code === 'ENOAUTH' || code === 'ETLS' || code === 'ECONFIG';
    const refused = permanent === true && !isOurFault;
    const facts = { delivery_id: deliveryId, reason };
    if (isOurFault)
      this.logger.error('the mail server does not take our mails: check the SMTP settings', undefined, facts);
    else this.logger.warn(refused ? 'a mail was refused' : 'a mail could not be handed over yet', facts);
    return { kind: refused ? 'refused' : 'later', reason };
  }

  /** Loaded when the first mail is sent: a tenth of a second that no start has to wait for. */
  private async connect(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { SMTP_PORT, SMTP_SECURITY, SMTP_USER, SMTP_PASSWORD, SMTP_CA } = this.settings;
    return createTransport({
      host: this.host,
      port: SMTP_PORT,
      secure: SMTP_SECURITY === 'tls',
      // Without it a server in the middle could just not offer STARTTLS.
      requireTLS: SMTP_SECURITY === 'starttls',
      ignoreTLS: SMTP_SECURITY === 'none',
      ...(SMTP_USER === undefined ? {} : { auth: { user: SMTP_USER, pass: SMTP_PASSWORD ?? '' } }),
      tls: { minVersion: 'TLSv1.2', ...(SMTP_CA === undefined ? {} : { ca: SMTP_CA }) },
      ...TIMEOUTS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }
}
