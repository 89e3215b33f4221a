import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Closed, Connection, Goal, PublicProfile, setAvatar, SocialMessage, TokenPair, Type, User } from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import { type RunningDoor, shaped, startRunningDoor } from './support/running-door.js';

const Ticket = Closed({ ticket: Type.String(), expires_in: Type.Integer() });
const PASSWORD = 'seven purple elephants';

interface Sent {
  token?: string;
  body?: unknown;
  raw?: BodyInit;
  headers?: Record<string, string>;
}

/** What people do with each other, over HTTP as their clients do it. */
describe('the door of people', () => {
  const folder = mkdtempSync(join(tmpdir(), 'people-'));
  let door: RunningDoor;

  beforeAll(async () => {
    door = await startRunningDoor({ identity: { DATA_DIR: folder } });
  }, 60_000);
  afterAll(async () => {
    await door.stop();
    rmSync(folder, { recursive: true });
  });
  const url = (): string => door.gateways[0]?.url ?? '';

  const fetchPath = (path: string, init?: RequestInit) => fetch(`${url()}${path}`, init);

  async function send(method: string, path: string, { token, body, raw, headers = {} }: Sent = {}) {
    const sent: Record<string, string> = { ...headers };
    if (token !== undefined) sent.authorization = `Bearer ${token}`;
    if (body !== undefined) sent['content-type'] = 'application/json';
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetchPath(`/api/v1${path}`, { method, headers: sent, body: payload });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, body: parsed };
  }

  async function somebody(full_name = 'Ada Lovelace') {
    const email = `${newId()}@example.com`;
    const registered = await send('POST', '/auth/register', { body: { email, password: PASSWORD, full_name } });
    const { id } = shaped(User, registered.body);
    await door.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [id]);
    const { access_token: token } = shaped(
      TokenPair,
      (await send('POST', '/auth/login', { body: { email, password: PASSWORD } })).body,
    );
    return { id, email, token };
  }

  describe('pictures', () => {
    const paint = (format: 'png' | 'jpeg' | 'webp') =>
      sharp({ create: { width: 200, height: 100, channels: 3, background: 'teal' } })
        .toFormat(format)
        .toBuffer();
    const form = (bytes: Uint8Array, name = 'file', fileName = 'me.png') => {
      const body = new FormData();
      body.append(name, new Blob([Buffer.from(bytes)]), fileName);
      return body;
    };

    it('are uploaded as a form, and served to everybody as a picture and nothing else', async () => {
      const { token } = await somebody();
      const uploaded = await send('POST', '/users/avatar', { token, raw: form(await paint('png')) });
      expect(uploaded.status).toBe(201);
      const { avatar } = shaped(setAvatar.response, uploaded.body);
      for (const [address, side] of [
        [avatar.small, 64],
        [avatar.medium, 256],
        [avatar.large, 512],
        [avatar.medium.split('?')[0] ?? '', 256],
      ] as const) {
        const response = await fetchPath(address);
        expect(response.status).toBe(200);
        expect(Object.fromEntries(response.headers)).toMatchObject({
          'content-type': 'image/webp',
          'x-content-type-options': 'nosniff',
          'content-security-policy': expect.stringContaining("default-src 'none'"),
          'cross-origin-resource-policy': 'cross-origin',
          'cache-control': 'public, max-age=3600',
        });
        expect(await sharp(await response.arrayBuffer()).metadata()).toMatchObject({ width: side, height: side });
        const etag = response.headers.get('etag') ?? '';
        expect((await fetchPath(address, { headers: { 'if-none-match': etag } })).status).toBe(304);
      }
      expect(await send('GET', '/users/me', { token })).toMatchObject({ body: { avatar_url: avatar.medium } });
      expect((await send('DELETE', '/users/avatar', { token })).status).toBe(204);
      expect((await fetchPath(avatar.medium)).status).toBe(404);
    });

    it.each(['png', 'jpeg', 'webp'] as const)('are uploaded as the body itself: %s', async (format) => {
      const { token } = await somebody();
      const headers = { 'content-type': `image/${format}` };
      const raw = new Blob([Buffer.from(await paint(format))]);
      expect((await send('POST', '/users/avatar', { token, raw, headers })).status).toBe(201);
    });

    it.each([
      ['image/gif', 415],
      ['image/svg+xml', 415],
      ['text/html', 415],
      ['application/json', 415],
      ['application/x-www-form-urlencoded', 415],
    ])('declared as %s are refused with %i before they are read', async (type, status) => {
      const { token } = await somebody();
      const answer = await send('POST', '/users/avatar', { token, raw: 'GIF89a', headers: { 'content-type': type } });
      expect(answer).toMatchObject({ status, body: { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } } });
    });

    it.each([
      ['a GIF named .png', Buffer.from('GIF89a/*'), 422],
      ['an SVG named .png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 422],
      ['a page named .png', Buffer.from('<!doctype html><script>alert(1)</script>'), 422],
      ['nothing', Buffer.alloc(0), 422],
      ['more than 5 MB', Buffer.alloc(5 * 1024 * 1024 + 1, 'x'), 413],
      ['1 kB more than 5 MB', Buffer.alloc(5 * 1024 * 1024 + 1024, 'x'), 413],
      ['more than the route takes', Buffer.alloc(6 * 1024 * 1024, 'x'), 413],
    ])('are refused by their bytes: %s', async (_what, bytes, status) => {
      const { token } = await somebody();
      const answer = await send('POST', '/users/avatar', { token, raw: form(bytes) });
      expect(answer.status).toBe(status);
      if (status === 422) expect(answer).toMatchObject({ body: { error: { details: [{ field: 'file' }] } } });
    });

    it('are refused in a form with anything beside them, and in one that cannot be read', async () => {
      const { token } = await somebody();
      const two = form(await paint('png'));
      two.append('user_id', newId());
      expect(await send('POST', '/users/avatar', { token, raw: two })).toMatchObject({ status: 422 });
      expect(await send('POST', '/users/avatar', { token, raw: form(await paint('png'), 'avatar') })).toMatchObject({
        status: 422,
      });
      const headers = { 'content-type': 'multipart/form-data; boundary=x' };
      expect(await send('POST', '/users/avatar', { token, raw: '--x\r\n', headers })).toMatchObject({ status: 400 });
    });

    it('have addresses that are not guessed, and take no other size', async () => {
      expect((await fetchPath(`/api/v1/avatars/${newId()}`)).status).toBe(404);
      expect((await fetchPath(`/api/v1/avatars/${newId()}?size=100000`)).status).toBe(422);
      expect((await fetchPath('/api/v1/avatars/..%2f..%2fetc%2fpasswd')).status).toBe(422);
    });
  });

  it('counts progress once for one idempotency key, over HTTP', async () => {
    const { token } = await somebody();
    const body = { title: 'Apply', target: 4, unit: 'applications', period: 'weekly' };
    const goal = shaped(Goal, (await send('POST', '/goals', { token, body })).body);
    const headers = { 'idempotency-key': newId() };
    for (let i = 0; i < 2; i += 1) {
      const added = await send('POST', `/goals/${goal.id}/progress`, { token, headers, body: { value: 1 } });
      expect(added).toMatchObject({ status: 201, body: { goal: { progress: { value: 1, percent: 25 } } } });
    }
  });

  describe('people', () => {
    const withPage = async (name: string) => {
      const one = await somebody(name);
      const slug = `p-${newId().slice(-12)}`;
      const body = { slug, is_listed: true, visibility: { position: 'connections' } };
      expect((await send('PUT', '/users/me/public-profile', { token: one.token, body })).status).toBe(200);
      return { ...one, slug };
    };
    const connect = async (one: { token: string }, other: { slug: string; token: string }) => {
      const asked = await send('POST', '/social/connections', { token: one.token, body: { slug: other.slug } });
      const { id } = shaped(Connection, asked.body);
      const answered = await send('PUT', `/social/connections/${id}`, {
        token: other.token,
        body: { status: 'accepted' },
      });
      expect(answered).toMatchObject({ status: 200, body: { status: 'accepted' } });
      return id;
    };

    it('have a page for everybody at every address of it, and show connections more', async () => {
      const [ada, ben] = [await withPage('Ada Lovelace'), await withPage('Ben Babbage')];
      await send('PUT', '/users/me', { token: ada.token, body: { company: 'Engines' } });
      for (const path of [`/social/profiles/${ada.slug}`, `/profiles/${ada.slug}`, `/users/${ada.id}`]) {
        const anyone = await send('GET', path);
        expect(anyone).toMatchObject({ status: 200, body: { full_name: 'Ada Lovelace', company: null, email: null } });
        shaped(PublicProfile, anyone.body);
      }
      await connect(ben, ada);
      expect(await send('GET', `/users/${ada.id}`, { token: ben.token })).toMatchObject({
        body: { company: 'Engines' },
      });
      expect((await send('GET', `/users/${newId()}`)).status).toBe(404);
      expect((await send('GET', '/users/nobody')).status).toBe(422);
    });

    it('who are blocked get, byte for byte, what they would get about nobody', async () => {
      const [ada, ben] = [await withPage('Ada Lovelace'), await withPage('Ben Babbage')];
      const id = await connect(ben, ada);
      await send('PUT', `/social/connections/${id}`, { token: ada.token, body: { status: 'blocked' } });
      const nobody = newId();
      const headers = { 'x-request-id': 'the-same' };
      const asBen = (method: string, path: string, body?: unknown) =>
        send(method, path, { token: ben.token, body, headers });
      const pairs = [
        [asBen('GET', `/users/${ada.id}`), asBen('GET', `/users/${nobody}`)],
        [asBen('GET', `/social/profiles/${ada.slug}`), asBen('GET', '/social/profiles/nobody-at-all')],
        [
          asBen('POST', '/social/connections', { receiver_id: ada.id }),
          asBen('POST', '/social/connections', { receiver_id: nobody }),
        ],
        [
          asBen('POST', '/social/messages', { receiver_id: ada.id, content: 'Hello?' }),
          asBen('POST', '/social/messages', { receiver_id: nobody, content: 'Hello?' }),
        ],
        [asBen('DELETE', `/social/connections/${id}`), asBen('DELETE', `/social/connections/${nobody}`)],
      ];
      for (const [blocked, unknown] of pairs) {
        expect(await blocked).toEqual(await unknown);
        expect((await blocked)?.status).toBe(404);
      }
    });

    it('whose address is not verified cannot ask or write: 403 that says why', async () => {
      const [ada, ben] = [await withPage('Ada Lovelace'), await withPage('Ben Babbage')];
      await door.db.admin('UPDATE identity.account SET email_verified_at = NULL WHERE id = $1', [ben.id]);
      for (const [path, body] of [
        ['/social/connections', { slug: ada.slug }],
        ['/social/messages', { receiver_id: ada.id, content: 'Hi' }],
      ] as const) {
        expect(await send('POST', path, { token: ben.token, body })).toMatchObject({
          status: 403,
          body: { error: { code: 'EMAIL_NOT_VERIFIED' } },
        });
      }
    });

    it('hear at their open sockets of requests, answers, messages and that they were read', async () => {
      const [ada, ben] = [await withPage('Ada Lovelace'), await withPage('Ben Babbage')];
      const sockets = [await listen(ada.token), await listen(ben.token)] as const;
      const [heardByAda, heardByBen] = sockets.map(({ frames }) => frames);
      const id = await connect(ada, ben);
      const ids = { connection_id: id, requester_id: ada.id, receiver_id: ben.id };
      const body = { receiver_id: ben.id, content: 'Do you know somebody at Northwind?' };
      const sent = shaped(SocialMessage, (await send('POST', '/social/messages', { token: ada.token, body })).body);
      expect((await send('PUT', `/social/messages/${sent.id}/read`, { token: ben.token })).status).toBe(200);
      await eventually(async () => {
        expect(heardByBen).toEqual([
          expect.objectContaining({ type: 'connection_request', data: ids }),
          expect.objectContaining({ type: 'message', data: sent }),
        ]);
        expect(heardByAda).toEqual([
          expect.objectContaining({ type: 'connection_accepted', data: ids }),
          expect.objectContaining({
            type: 'message_read',
            data: { message_id: sent.id, receiver_id: ben.id, read_at: expect.any(String) },
          }),
        ]);
      });
      for (const { socket } of sockets) socket.close();
    });

    /** An open socket, and what it heard since it was let in. */
    async function listen(token: string) {
      const { ticket } = shaped(Ticket, (await send('POST', '/ws/tickets', { token })).body);
      const socket = new WebSocket(`${url().replace('http', 'ws')}/ws?ticket=${ticket}`);
      const frames: unknown[] = [];
      let isIn = false;
      socket.on('message', (data: Buffer) => {
        const frame: unknown = JSON.parse(data.toString('utf8'));
        if (isIn) frames.push(frame);
        isIn ||= JSON.stringify(frame).includes('connection_established');
      });
      await eventually(async () => expect(isIn).toBe(true));
      return { socket, frames };
    }
  });

  it.each([
    ['GET', '/achievements'],
    ['POST', '/achievements'],
    ['GET', `/achievements/${newId()}`],
    ['PUT', `/achievements/${newId()}`],
    ['DELETE', `/achievements/${newId()}`],
    ['GET', '/goals'],
    ['POST', '/goals'],
    ['GET', `/goals/${newId()}`],
    ['PUT', `/goals/${newId()}`],
    ['DELETE', `/goals/${newId()}`],
    ['GET', `/goals/${newId()}/progress`],
    ['POST', `/goals/${newId()}/progress`],
    ['DELETE', `/goals/${newId()}/progress/${newId()}`],
    ['POST', '/users/avatar'],
    ['DELETE', '/users/avatar'],
    ['GET', '/users/me/public-profile'],
    ['PUT', '/users/me/public-profile'],
    ['GET', '/social/profiles'],
    ['GET', '/profiles'],
    ['GET', '/social/connections'],
    ['POST', '/social/connections'],
    ['GET', `/social/connections/${newId()}`],
    ['PUT', `/social/connections/${newId()}`],
    ['DELETE', `/social/connections/${newId()}`],
    ['GET', '/social/messages'],
    ['POST', '/social/messages'],
    ['PUT', `/social/messages/${newId()}/read`],
  ])('answers 401 without a token: %s %s', async (method, path) => {
    expect((await send(method, path)).status).toBe(401);
  });
});
