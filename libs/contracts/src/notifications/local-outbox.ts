import { defineRpc } from '../define.js';
import { Closed, Page, PageQuery, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { DELIVERY_KINDS } from './delivery.js';

/** A mail that would have been sent, had there been a mail server. */
export const LocalMail = Closed({
  id: Uuid(),
  kind: StringEnum(DELIVERY_KINDS),
  to: Type.String(),
  subject: Type.String(),
  text: Type.String(),
  html: Type.String(),
  created_at: Timestamp(),
});
export type LocalMail = Static<typeof LocalMail>;

/** For admins at the machine itself: the mails hold other people's sign-in codes. */
export const listLocalMails = defineRpc('notifications', 'local-mail.list', {
  request: Closed(PageQuery),
  response: Page('mails', LocalMail),
});
