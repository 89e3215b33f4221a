import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiDocument, eventually, NOTHING_OUTSIDE } from '#testing';
import { ApiClient } from './support/api-client.js';
import { type Composed, startComposed } from './support/composed.js';
import { type Person, somebody } from './support/people.js';

const EVENT = 'identity.api-key.revoked.v1';

const entry = join(process.cwd(), 'dist/apps/cli/src/main.js');

/** `careercopilot webhooks listen` in a terminal, until Ctrl-C. */
class Terminal {
  out = '';
  private err = '';
  private command: ChildProcess | undefined;

  async listen(...words: string[]): Promise<string> {
    if (!existsSync(entry)) throw new Error(`${entry} is missing; build first (make build)`);
    const command = spawn(process.execPath, [entry, 'webhooks', 'listen', '--port', '0', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    command.stdout.on('data', (chunk: Buffer) => (this.out += chunk.toString('utf8')));
    command.stderr.on('data', (chunk: Buffer) => (this.err += chunk.toString('utf8')));
    this.command = command;
    return eventually(
      () => {
        const url = /http:\S+/.exec(this.err)?.[0];
        if (url === undefined) throw new Error(`not listening: ${this.err}`);
        return url;
      },
      { timeoutMs: 20_000 },
    );
  }

  /** Answers the exit code. */
  async stop(): Promise<number | null> {
    const { command } = this;
    if (command === undefined) return null;
    const ended = new Promise<number | null>((resolve) => command.once('exit', resolve));
    command.kill('SIGINT');
    return ended;
  }
}

describe('whoever builds a receiver', () => {
  let platform: Composed;
  let api: ApiClient;
  let ada: Person;
  let key: { id: string; key: string };

  beforeAll(async () => {
    platform = await startComposed(NOTHING_OUTSIDE);
    api = new ApiClient(platform.url, ApiDocument.read());
  }, 120_000);
  beforeEach(async () => {
    ada = await somebody(api);
    const scopes = ['read:webhooks', 'write:webhooks'];
    key = (await api.post('/api-keys', { token: ada.token, body: { name: 'A program', scopes } })).body;
  });
  afterAll(() => platform.stop(), 60_000);

  /** Something happens that a webhook is told. */
  async function happen(): Promise<void> {
    const body = { name: 'Another', scopes: ['read:jobs'] };
    const { body: other } = await api.post('/api-keys', { token: ada.token, body });
    expect((await api.delete(`/api-keys/${other.id}`, { token: ada.token })).status).toBe(204);
  }

  it('sees calls come in, tests, rotates and replays with a key of his own', async () => {
    const token = key.key;
    const sink = new Terminal();
    const made = await api.post('/webhooks', { token, body: { url: await sink.listen(), event_types: [EVENT] } });
    expect(made.status).toBe(201);
    const hook = `/webhooks/${made.body.id}`;
    // The secret is known only now: the one that verifies listens instead of the first.
    expect(await sink.stop()).toBe(0);
    const verifying = new Terminal();
    const url = await verifying.listen('--secret', made.body.secret);
    expect((await api.put(hook, { token, body: { url } })).body).toMatchObject({ url, status: 'enabled' });

    const test = await api.post(`${hook}/test`, { token });
    expect([test.status, test.body]).toMatchObject([201, { status: 'succeeded', attempts: [{ status_code: 204 }] }]);
    await eventually(() => expect(verifying.out).toContain(`id=${test.body.message_id} signature ok`));

    await happen();
    const told = await eventually(async () => {
      const { body } = await api.get(`${hook}/deliveries?event_type=${EVENT}`, { token });
      expect(body.deliveries).toMatchObject([{ status: 'succeeded', payload: { type: EVENT } }]);
      return body.deliveries[0];
    });
    expect(told.payload.data).toMatchObject({ user_id: ada.id });
    await eventually(() => expect(verifying.out).toContain(`id=${told.message_id} signature ok`));

    const rotated = await api.post(`${hook}/rotate`, { token });
    expect(rotated.body.secret).not.toBe(made.body.secret);
    // Still the old secret there: for a day it is good.
    expect((await api.post(`${hook}/test`, { token })).body.status).toBe('succeeded');

    const replay = `${hook}/deliveries/${told.id}/replay`;
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const again = await api.post(replay, { token, headers });
    expect([again.status, again.body]).toMatchObject([201, { message_id: told.message_id, replay_of: told.id }]);
    expect((await api.post(replay, { token, headers })).text).toBe(again.text);
    await eventually(() => expect(verifying.out.split(`id=${told.message_id} signature ok`)).toHaveLength(3));
    expect((await api.get('/webhooks', { token })).text).not.toContain('whsec_');
    expect((await api.delete(hook, { token })).status).toBe(204);
    await verifying.stop();
  });

  it('hears from a receiver that knows another secret that the call was forged', async () => {
    const sink = new Terminal();
    const url = await sink.listen('--secret', `whsec_${Buffer.alloc(32, 1).toString('base64')}`);
    const { body } = await api.post('/webhooks', { token: ada.token, body: { url, event_types: [EVENT] } });
    const test = await api.post(`/webhooks/${body.id}/test`, { token: ada.token });
    expect(test.body).toMatchObject({ status: 'failed', error: 'status', attempts: [{ status_code: 401 }] });
    await sink.stop();
  });
});
