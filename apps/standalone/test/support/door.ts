import 'reflect-metadata';
import { SendDeliveryV1, type Static } from '#contracts';
import { FieldCipher, openDelivery, parseFieldKeys, type RunningApp } from '#platform';
import { freePort, TEST_FIELD_KEYS, type TestDatabase } from '#testing';
import { startRunningDoor } from './running-door.js';

export { shaped } from './running-door.js';

export interface Answered {
  status: number;
  headers: Headers;
  body: unknown;
}

/** Identity behind one gateway, asked over HTTP. */
export interface Door {
  url: string;
  db: TestDatabase;
  identity: RunningApp;
  send(method: string, path: string, options?: { token?: string; body?: unknown; cookie?: string }): Promise<Answered>;
  /** `values` of the newest letter of this kind to this address. */
  letter(address: string, kind: string): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

/** Where it will answer: providers must know before it starts. */
export async function doorAddress(): Promise<{ port: number; url: string }> {
  const port = await freePort();
  return { port, url: `http://127.0.0.1:${port}` };
}

export async function startDoor(
  address: { port: number; url: string },
  changes: Record<string, string> = {},
): Promise<Door> {
  const { db, identity, stop } = await startRunningDoor({
    identity: { CREDENTIAL_ANSWER_FLOOR: '0ms', PUBLIC_URL: address.url, ...changes },
    gateway: { API_PORT: String(address.port) },
  });
  const cipher = new FieldCipher(parseFieldKeys(TEST_FIELD_KEYS));

  return {
    url: address.url,
    db,
    identity,
    send: async (method, path, { token, body, cookie } = {}) => {
      const headers: Record<string, string> = {};
      if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
      if (cookie !== undefined) headers['cookie'] = cookie;
      if (body !== undefined) headers['content-type'] = 'application/json';
      const response = await fetch(path.startsWith('http') ? path : `${address.url}/api/v1${path}`, {
        method,
        headers,
        redirect: 'manual',
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      const parsed: unknown = text === '' ? undefined : JSON.parse(text);
      return { status: response.status, headers: response.headers, body: parsed };
    },
    letter: async (to, kind) => {
      const rows = await db.admin<{ data: Static<typeof SendDeliveryV1.data> }>(
        `SELECT payload::jsonb -> 'data' AS data FROM identity.outbox WHERE subject = $1 ORDER BY id DESC`,
        [SendDeliveryV1.subject],
      );
      for (const { data } of rows) {
        const content = openDelivery(cipher, data.delivery_id, data.content);
        if (data.kind === kind && content.address === to) return content.values;
      }
      throw new Error(`no ${kind} letter to ${to}`);
    },
    stop,
  };
}
