import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { listLocalMails, NotificationDeliveredV1, NotificationFailedV1 } from '#contracts';
import { newId } from '#kernel';
import { FieldCipher, parseFieldKeys, sealDelivery } from '#platform';
import { eventually } from '#testing';
import { DeliveryService } from '../../src/delivery/delivery.service.js';
import { MailServer, type ReceivedMail } from './mail-server.js';
import { type NotificationsApp, startWorld, user, type World } from './notifications-app.js';

interface Row {
  state: string;
  attempts: number;
  content: string | null;
  reason: string | null;
}

let world: World;
const rowOf = async (id: string): Promise<Row | undefined> =>
  (
    await world.db.admin<Row>('SELECT state, attempts, content, reason FROM notifications.delivery WHERE id = $1', [id])
  )[0];
const eventuallyIs = (id: string, expected: Partial<Row>): Promise<void> =>
  eventually(async () => expect(await rowOf(id)).toMatchObject(expected));

beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());

const SMTP = {
  SMTP_HOST: '127.0.0.1',
  SMTP_SECURITY: 'none',
  MAIL_FROM: 'Career Copilot <post@careers.example>',
  MAIL_REPLY_TO: 'help@careers.example',
};

describe('mails over SMTP', () => {
  let server: MailServer;
  let port: number;
  let app: NotificationsApp;

  beforeAll(async () => {
    server = new MailServer();
    port = await server.start();
    app = await world.start({ ...SMTP, SMTP_PORT: String(port) });
  }, 60_000);
  afterEach(() => {
    server.refuse = undefined;
    server.hold = undefined;
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  const arrived = (id: string): Promise<ReceivedMail> =>
    eventually(() => {
      const [first, ...more] = server.of(id);
      expect(more).toEqual([]);
      if (first === undefined) throw new Error('nothing arrived');
      return first;
    });
  const retryDue = async (): Promise<void> => {
    // Longer than the longest wait with its jitter.
    world.clock.advance(10 * 3_600_000);
    await app.get(DeliveryService).sendDue();
  };

  it('arrive as text and HTML, from the configured sender, with a Message-ID made of the delivery', async () => {
    const userId = newId();
    const id = await world.mail('sign_in_code', { values: { code: '482913' }, language: 'de-AT' }, { userId });
    const { mail, recipients } = await arrived(id);
    expect(recipients).toEqual(['ada@example.com']);
    expect(mail).toMatchObject({
      messageId: `<${id}@careers.example>`,
      from: { name: 'Career Copilot', address: 'post@careers.example' },
      replyTo: [{ address: 'help@careers.example' }],
      to: [{ address: 'ada@example.com' }],
      subject: 'Ihr Code zum Anmelden',
    });
    expect(mail.text).toContain('482913');
    expect(mail.html).toContain('482913');
    const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value;
    expect(header('auto-submitted')).toBe('auto-generated');
    // They are about the account: there is nothing to unsubscribe from.
    expect(header('list-unsubscribe')).toBeUndefined();
    await eventuallyIs(id, { state: 'sent', attempts: 1, content: null });
    const facts = { user_id: userId, notification_id: id, type: 'sign_in_code', channel: 'email' };
    expect(await world.told(NotificationDeliveredV1, id)).toEqual([facts]);
  });

  it('go out once, however often the command comes', async () => {
    const id = await world.mail('sign_in_code', { values: { code: '111111' } });
    await arrived(id);
    await eventuallyIs(id, { state: 'sent' });
    await world.mail('sign_in_code', { values: { code: '222222' } }, { id });
    const last = await world.mail('sign_in_code', { values: { code: '333333' } });
    await arrived(last);
    await retryDue();
    expect(server.of(id)).toHaveLength(1);
  });

  it('go out once each when two replicas work, also while one is still being taken', async () => {
    const other = await world.start({ ...SMTP, SMTP_PORT: String(port) });
    const takers = [app.get(DeliveryService), other.get(DeliveryService)];
    server.hold = async () => {
      await Promise.all(takers.map((taker) => taker.sendDue()));
    };
    const ids = await Promise.all(
      Array.from({ length: 12 }, () => world.mail('sign_in_code', { values: { code: '444444' } })),
    );
    for (const id of ids) {
      await arrived(id);
      await eventuallyIs(id, { state: 'sent', attempts: 1 });
    }
    await other.stop();
    expect(ids.map((id) => server.of(id).length)).toEqual(ids.map(() => 1));
  });

  it.each([
    { at: 'rcpt', code: 450 },
    { at: 'data', code: 451 },
    { at: 'rcpt', code: 421 },
  ] as const)('are tried again after $code at $at, and then arrive once', async (refusal) => {
    server.refuse = refusal;
    const id = await world.mail('reset_password', { values: { token: 't0ken' } });
    await eventuallyIs(id, { state: 'pending', attempts: 1 });
    expect((await rowOf(id))?.reason).not.toContain('@');
    // Not before its time.
    await app.get(DeliveryService).sendDue();
    await eventuallyIs(id, { state: 'pending', attempts: 1 });
    server.refuse = undefined;
    await retryDue();
    await arrived(id);
    await eventuallyIs(id, { state: 'sent', attempts: 2, content: null });
  });

  it.each([
    { at: 'rcpt', code: 550 },
    { at: 'data', code: 554 },
  ] as const)('are given up at once after $code at $at, and an event without the address says so', async (refusal) => {
    server.refuse = refusal;
    const userId = newId();
    const id = await world.mail('verify_email', { values: { token: 't0ken' } }, { userId });
    await eventuallyIs(id, { state: 'failed', attempts: 1, content: null });
    server.refuse = undefined;
    await retryDue();
    expect(server.of(id)).toEqual([]);
    const told = await world.told(NotificationFailedV1, id);
    const facts = { user_id: userId, notification_id: id, type: 'verify_email', channel: 'email', reason: 'refused' };
    expect(told).toEqual([facts]);
    expect((await rowOf(id))?.reason).toBe(
      `smtp ${refusal.at === 'rcpt' ? 'EENVELOPE RCPT TO' : 'EMESSAGE DATA'} ${refusal.code}`,
    );
  });

  it('are given up after a day of attempts', async () => {
    server.refuse = { at: 'rcpt', code: 450 };
    const userId = newId();
    const id = await world.mail('password_changed', {}, { userId });
    await eventuallyIs(id, { state: 'pending', attempts: 1 });
    for (let attempts = 2; attempts <= 11; attempts += 1) {
      await retryDue();
      await eventuallyIs(id, { state: attempts === 11 ? 'failed' : 'pending', attempts });
    }
    expect((await rowOf(id))?.content).toBeNull();
    expect(await world.told(NotificationFailedV1, id)).toMatchObject([{ reason: 'gave-up' }]);
  });

  it('are not sent when what they say is of no use any more', async () => {
    const before = server.connections;
    const late = await world.mail(
      'sign_in_code',
      { values: { code: '555555' } },
      { userId: newId(), expiresAt: new Date(world.clock.now().getTime() - 1) },
    );
    await eventuallyIs(late, { state: 'failed', reason: 'expired', content: null });
    expect(server.connections).toBe(before);
    expect(await world.told(NotificationFailedV1, late)).toMatchObject([{ reason: 'expired' }]);
    // A retry that would come too late is not waited for.
    server.refuse = { at: 'data', code: 451 };
    const soon = await world.mail(
      'sign_in_code',
      { values: { code: '666666' } },
      { expiresAt: new Date(world.clock.now().getTime() + 2000) },
    );
    await eventuallyIs(soon, { state: 'failed', attempts: 1, content: null });
  });

  it.each([
    ['two recipients', { address: 'ada@example.com, eve@example.com' }],
    ['a line break in the address', { address: 'ada@example.com\r\nBcc: eve@example.com' }],
    ['no code', { values: {} }],
    ['a link that is a script', { values: { code: '1' }, kind: 'verify_email' as const }],
  ])(
    'with %s are not sent at all',
    async (
      _what,
      {
        kind = 'sign_in_code' as const,
        ...content
      }: { kind?: 'sign_in_code' | 'verify_email'; address?: string; values?: Record<string, string> },
    ) => {
      const values = {
        code: '777777',
        ...(kind === 'verify_email' ? { token: 't', link: 'javascript:alert(1)' } : {}),
      };
      const id = await world.mail(kind, { values, ...content });
      await eventuallyIs(id, { state: 'failed', content: null });
      expect(server.of(id)).toEqual([]);
    },
  );

  it('whose content was made with a key we do not have wait for the key', async () => {
    const stranger = new FieldCipher(parseFieldKeys(`other:${Buffer.alloc(32, 1).toString('base64')}`));
    const id = newId();
    await world.db.admin(
      `INSERT INTO notifications.delivery (id, kind, content, next_attempt_at, created_at)
       VALUES ($1, 'sign_in_code', $2, $3, $3)`,
      [id, sealDelivery(stranger, id, { address: 'a@example.com', language: null, values: {} }), world.clock.now()],
    );
    await app.get(DeliveryService).attempt(id);
    expect(await rowOf(id)).toMatchObject({ state: 'pending', attempts: 1, reason: 'unreadable' });
  });

  it('whose content belongs to another delivery are not sent', async () => {
    const [id, victim] = [newId(), newId()];
    const stolen = sealDelivery(world.cipher, victim, {
      address: 'a@example.com',
      language: null,
      values: { code: '1' },
    });
    await world.db.admin(
      `INSERT INTO notifications.delivery (id, kind, content, next_attempt_at, created_at)
       VALUES ($1, 'sign_in_code', $2, $3, $3)`,
      [id, stolen, world.clock.now()],
    );
    await app.get(DeliveryService).attempt(id);
    expect(server.of(id)).toEqual([]);
    expect(await rowOf(id)).toMatchObject({ state: 'pending', reason: 'unreadable' });
  });

  it('leave no address and no secret in tables and events', async () => {
    const address = 'canary.7f3a@example.com';
    const id = await world.mail('sign_in_code', { address, values: { code: 'canary-91c2' } }, { userId: newId() });
    await arrived(id);
    await eventuallyIs(id, { state: 'sent' });
    const rows = await world.db.admin<{ row: string }>(
      `SELECT row_to_json(d)::text AS row FROM notifications.delivery d
       UNION ALL SELECT row_to_json(o)::text FROM notifications.outbox o`,
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { row } of rows) expect(row).not.toMatch(/canary/);
  });
});

describe('the connection to the mail server', () => {
  const tlsServer = (): MailServer =>
    new MailServer({
      disabledCommands: [],
      authOptional: false,
      onAuth: ({ username, password }, _session, done) =>
        username === 'copilot' && password === 'right'
          ? done(null, { user: username })
          : done(Object.assign(new Error('no'), { responseCode: 535 })),
    });

  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function sendVia(server: MailServer, settings: Record<string, string>): Promise<string> {
    const port = await server.start();
    stops.push(() => server.stop());
    const app = await world.start({ SMTP_HOST: 'localhost', SMTP_PORT: String(port), ...settings });
    stops.unshift(() => app.stop());
    return world.mail('sign_in_code', { values: { code: '123123' } });
  }

  it('is encrypted by STARTTLS before anybody signs in', async () => {
    const server = tlsServer();
    const settings = { SMTP_USER: 'copilot', SMTP_PASSWORD: 'right', SMTP_CA: server.certificate.cert };
    const id = await sendVia(server, settings);
    await eventually(() => expect(server.of(id)).toMatchObject([{ secure: true, user: 'copilot' }]));
  });

  it('is not used when the server offers no STARTTLS', async () => {
    const server = new MailServer();
    const id = await sendVia(server, {});
    await eventuallyIs(id, { state: 'pending', attempts: 1, reason: 'smtp ETLS STARTTLS 500' });
    expect(server.received).toEqual([]);
  });

  it('is not used when nobody vouches for the certificate', async () => {
    const server = tlsServer();
    const id = await sendVia(server, { SMTP_USER: 'copilot', SMTP_PASSWORD: 'right' });
    await eventuallyIs(id, { state: 'pending', attempts: 1 });
    expect(server.received).toEqual([]);
  });

  it('with a wrong password is a fault to mend: the mail waits', async () => {
    const server = tlsServer();
    const settings = { SMTP_USER: 'copilot', SMTP_PASSWORD: 'wrong', SMTP_CA: server.certificate.cert };
    const id = await sendVia(server, settings);
    await eventuallyIs(id, { state: 'pending', attempts: 1, reason: 'smtp EAUTH AUTH PLAIN 535' });
  });
});

describe('without a mail server', () => {
  const atHome = { caller: user({ roles: ['user', 'admin'] }), clientAddress: '127.0.0.1' };

  it('mails are kept encrypted, once, for an admin at this machine', async () => {
    const app = await world.start();
    const id = await world.mail('sign_in_code', { address: 'outbox.canary@example.com', values: { code: '909090' } });
    await eventuallyIs(id, { state: 'sent', content: null });
    const page = await app.ask(listLocalMails, { per_page: 50 }, atHome);
    const mails = page.mails.filter((mail) => mail.id === id);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({
      to: 'outbox.canary@example.com',
      kind: 'sign_in_code',
      subject: 'Your code to sign in',
    });
    expect(mails[0]?.text).toContain('909090');
    const [stored] = await world.db.admin<{ row: string }>(
      'SELECT row_to_json(m)::text AS row FROM notifications.local_mail m WHERE id = $1',
      [id],
    );
    expect(stored?.row).toContain(id);
    expect(stored?.row).not.toMatch(/canary|909090/);
    await app.stop();
  });

  it.each([
    ['an admin elsewhere', { ...atHome, clientAddress: '203.0.113.7' }],
    ['an admin nobody knows the address of', { caller: atHome.caller }],
    ['an admin on the same network', { ...atHome, clientAddress: '192.168.1.7' }],
    ['somebody at this machine who is no admin', { caller: user(), clientAddress: '127.0.0.1' }],
  ])('the outbox is closed to %s', async (_who, context) => {
    const app = await world.start();
    await expect(app.ask(listLocalMails, {}, context)).rejects.toMatchObject({ kind: 'forbidden' });
    await app.stop();
  });
});
