import { describe, expect, it } from '@jest/globals';
import { eventually } from '#testing';
import { Webhook } from 'standardwebhooks';
import { run } from '../../src/program.js';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

/** The command as a terminal shows it, until it is interrupted. */
async function listening(words: string[], use: (url: string, shown: { out: string }) => Promise<void>): Promise<void> {
  const shown = { out: '', err: '' };
  const interruption = new AbortController();
  const terminal = {
    out: (text: string) => void (shown.out += text),
    err: (text: string) => void (shown.err += text),
    isInteractive: false,
    ask: () => Promise.resolve(undefined),
  };
  const command = ['webhooks', 'listen', '--port', '0', ...words];
  const ended = run(command, { terminal, env: {}, interrupted: interruption.signal });
  try {
    const url = await eventually(() => {
      const found = /http:\S+/.exec(shown.err)?.[0];
      if (found === undefined) throw new Error(`not listening: ${shown.err}`);
      return found;
    });
    await use(url, shown);
  } finally {
    interruption.abort();
  }
  expect(await ended).toBe(0);
}

function call(url: string, body: string, signedWith?: string, at = new Date()): Promise<Response> {
  const headers: Record<string, string> = { 'webhook-id': 'msg-1', 'content-type': 'application/json' };
  if (signedWith !== undefined) {
    headers['webhook-timestamp'] = String(Math.floor(at.getTime() / 1000));
    headers['webhook-signature'] = new Webhook(signedWith).sign('msg-1', at, body);
  }
  return fetch(url, { method: 'POST', headers, body });
}

describe('careercopilot webhooks listen', () => {
  const body = '{"type":"webhook.test","data":{"n":1}}';

  it('prints a call with its signature verified, and answers 204', async () => {
    await listening(['--secret', secret], async (url, shown) => {
      expect((await call(`${url}hook?x=1`, body, secret)).status).toBe(204);
      expect(shown.out).toContain('204 POST /hook?x=1 id=msg-1 signature ok\n');
      expect(shown.out).toContain('  "type": "webhook.test"');
      expect(shown.out).not.toContain(secret);
    });
  });

  it.each([
    ['another secret', other, new Date()],
    ['no signature', undefined, new Date()],
    ['a time of more than five minutes ago', secret, new Date(Date.now() - 310_000)],
    ['a time more than five minutes ahead', secret, new Date(Date.now() + 310_000)],
  ])('answers 401 to a call with %s, and says so', async (_what, signedWith, at) => {
    await listening(['--secret', secret], async (url, shown) => {
      expect((await call(url, body, signedWith, at)).status).toBe(401);
      expect(shown.out).toMatch(/^401 POST .* signature WRONG: /);
    });
  });

  it.each([-290_000, 290_000])('takes a call whose clock is %i ms off', async (off) => {
    await listening(['--secret', secret], async (url) => {
      expect((await call(url, body, secret, new Date(Date.now() + off))).status).toBe(204);
    });
  });

  it('takes a call that is signed with the secret before and this one, while they are exchanged', async () => {
    await listening(['--secret', secret], async (url) => {
      const at = new Date();
      const signatures = [other, secret].map((one) => new Webhook(one).sign('msg-1', at, body));
      const headers = {
        'webhook-id': 'msg-1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signatures.join(' '),
      };
      expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(204);
    });
  });

  it('answers what it is told to, and takes everything without a secret', async () => {
    await listening(['--answer', '503'], async (url, shown) => {
      expect((await call(url, body)).status).toBe(503);
      expect(shown.out).toContain('not verified');
    });
  });

  it('shows whatever is sent as text that does not steer the terminal, and refuses what is too large', async () => {
    await listening([], async (url, shown) => {
      expect((await call(url, 'not JSON \u001b[2J\u0007')).status).toBe(204);
      expect(shown.out).not.toMatch(/[\u001b\u0007]/);
      expect(shown.out).toContain('not JSON');
      const large = await call(url, 'x'.repeat(1024 * 1024 + 1)).then(
        ({ status }) => status,
        () => 'cut off',
      );
      expect([413, 'cut off']).toContain(large);
    });
  });

  it.each([
    [['--secret', 'hunter2'], /whsec_/],
    [['--secret', 'whsec_%%%'], /whsec_/],
    [['--secret', secret, '--secret-file', 'x'], /not both/],
  ])('%j is refused with code 2, without repeating the secret', async (words, hint) => {
    const said = { err: '' };
    const terminal = {
      out: () => undefined,
      err: (text: string) => void (said.err += text),
      isInteractive: false,
      ask: () => Promise.resolve(undefined),
    };
    const surroundings = { terminal, env: {}, interrupted: new AbortController().signal };
    expect(await run(['webhooks', 'listen', '--port', '0', ...words], surroundings)).toBe(2);
    expect(said.err).toMatch(hint);
    expect(said.err).not.toContain(words[1]);
  });
});
