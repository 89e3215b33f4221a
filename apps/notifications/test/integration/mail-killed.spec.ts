import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { MailServer } from './mail-server.js';
import { startWorld, type World } from './notifications-app.js';
import { notificationsProcess } from './notifications-process.js';

/** The window no protocol closes: the server has taken the mail, and we die before we know. */
describe('a process killed between the acceptance of a mail and its mark', () => {
  let world: World;
  const server = new MailServer();

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await server.stop();
    await world.stop();
  });

  const notifications = (smtpPort: number, fault: Record<string, string>) =>
    notificationsProcess(world, {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(smtpPort),
      SMTP_SECURITY: 'none',
      ...fault,
    });

  it('leaves a delivery that is sent again when its lease is over, under the same Message-ID, and then no more', async () => {
    const port = await server.start();
    const first = await notifications(port, { FAULT: 'mail.accepted_before_mark:1' });
    await first.start();
    const id = await world.mail('sign_in_code', { values: { code: '121212' } });
    await eventually(() => expect(first.isRunning).toBe(false), { timeoutMs: 10_000 });
    expect(server.of(id)).toHaveLength(1);

    const second = await notifications(port, {});
    await second.start();
    const stateOf = async (): Promise<string | undefined> =>
      (await world.db.admin<{ state: string }>('SELECT state FROM notifications.delivery WHERE id = $1', [id]))[0]
        ?.state;
    expect(await stateOf()).toBe('sending');
    // As if the five minutes of the lease had passed.
    await world.db.admin('UPDATE notifications.delivery SET next_attempt_at = now() WHERE id = $1', [id]);
    await eventually(async () => expect(await stateOf()).toBe('sent'), { timeoutMs: 10_000 });
    await second.stop();
    expect(server.received.map(({ mail }) => mail.messageId)).toEqual([`<${id}@localhost>`, `<${id}@localhost>`]);
  });
});
