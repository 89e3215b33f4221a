import { defineSettings, NotAccepted, setting, type SettingsOf } from '#platform';
import { isMailAddress } from './domain/mail-address.js';

export interface Sender {
  name: string;
  address: string;
}

function parseSender(text: string): Sender {
  const [, name = '', inBrackets] = /^([^<>"\r\n]*?)\s*<([^<>]+)>$/.exec(text.trim()) ?? [];
  const address = inBrackets ?? text.trim();
  if (!isMailAddress(address)) throw new NotAccepted();
  return { name, address };
}

/** Without SMTP_HOST mails are kept where an admin at this machine can read them (GET /admin/outbox). */
export const mailSettings = defineSettings({
  SMTP_HOST: setting.string({
    optional: true,
    maxLength: 253,
    description: 'Mail server; without one mails stay in a local outbox that admins read at this machine',
  }),
  SMTP_PORT: setting.integer({ default: 587, min: 1, max: 65_535, description: 'Port of the mail server' }),
  SMTP_SECURITY: setting.enum(['starttls', 'tls', 'none'], {
    default: 'starttls',
    description:
      'starttls: nothing is said before the connection is encrypted; tls: encrypted from the start (port 465); none: only for a server on the same machine or network',
  }),
  SMTP_USER: setting.string({
    optional: true,
    maxLength: 320,
    description: 'Login at the mail server, if it wants one',
  }),
  SMTP_PASSWORD: setting.secret({ optional: true, description: 'Password of SMTP_USER' }),
  SMTP_CA: setting.string({
    optional: true,
    maxLength: 200_000,
    description: 'Certificates (PEM) to trust the mail server by, where a public authority did not sign its own',
  }),
  MAIL_FROM: setting.parsed({
    default: { name: 'Career Copilot', address: 'no-reply@localhost' },
    expected: 'an e-mail address, or Name <address>',
    description: 'Sender of all mails; its domain must be one the mail server may send for',
    parse: parseSender,
    format: ({ name, address }: Sender) => (name === '' ? address : `${name} <${address}>`),
  }),
  MAIL_REPLY_TO: setting.string({
    optional: true,
    maxLength: 254,
    pattern: /^[^\s@<>]+@[^\s@<>]+$/,
    expected: 'an e-mail address',
    description: 'Where answers go; to MAIL_FROM unless set',
  }),
});
export type MailSettings = SettingsOf<typeof mailSettings>;
