import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Me, NewApiKey, TokenPair, TotpSetup, User } from '#contracts';
import { newId } from '#kernel';
import { ApiDocument, type ApiOperation } from '#testing';
import { TOTP, URI } from 'otpauth';
import { WebSocket } from 'ws';
import { OwnerService } from '../../identity/src/index.js';
import { type Door, doorAddress, shaped, startDoor } from './support/door.js';

const PASSWORD = 'seven purple elephants';
const REQUIRED = { status: 403, body: { error: { code: 'SECOND_FACTOR_REQUIRED' } } };
const NOBODYS = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';
/** What one sets a factor up with, and sees and ends one's session by. */
const OPEN = ['enableTotp', 'getMe', 'logout', 'setUpTotp'];

const { operations } = ApiDocument.read();
const takesToken = operations.filter(({ security }) => security.length > 0);

describe('a door behind which everybody must have a second factor', () => {
  let door: Door;
  let admin: string;
  beforeAll(async () => {
    door = await startDoor(await doorAddress(), { SECOND_FACTOR_REQUIRED: 'everybody' });
    const { email } = await door.identity.app
      .get(OwnerService, { strict: false })
      .createOwner({ password: PASSWORD, email: 'owner@example.com' });
    admin = await signIn(email);
  }, 60_000);
  afterAll(() => door.stop());

  const send = (method: string, path: string, token: string, body?: object) => door.send(method, path, { token, body });
  async function signIn(email: string): Promise<string> {
    const { body } = await door.send('POST', '/auth/login', { body: { email, password: PASSWORD } });
    return shaped(TokenPair, body).access_token;
  }
  async function somebody() {
    const email = `${newId()}@example.com`;
    const body = { email, password: PASSWORD, full_name: 'Ada' };
    const { id } = shaped(User, (await door.send('POST', '/auth/register', { body })).body);
    return { id, email, token: await signIn(email) };
  }
  async function setUp(token: string): Promise<void> {
    const setup = await send('POST', '/auth/mfa/totp/setup', token, { current_password: PASSWORD });
    expect(setup.status).toBe(200);
    const scanned = URI.parse(shaped(TotpSetup, setup.body).otpauth_uri);
    if (!(scanned instanceof TOTP)) throw new Error('not a time-based code');
    expect((await send('POST', '/auth/mfa/totp/enable', token, { code: scanned.generate() })).status).toBe(200);
  }
  /** With all a request needs, so that nothing but the missing factor can refuse it. */
  const ask = async ({ method, path, body }: ApiOperation, token: string) => {
    const response = await fetch(door.url + path.replaceAll(/\{\w+\}/g, NOBODYS), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': body.mediaType }),
      },
      body: body?.example === undefined ? undefined : JSON.stringify(body.example),
    });
    const text = await response.text();
    return { status: response.status, code: /"code":"(\w+)"/.exec(text)?.[1] };
  };

  it('opens to who has none only where he sets one up: every other operation answers 403 and says what to do', async () => {
    const found: string[] = [];
    for (const operation of takesToken) {
      const { status, code } = await ask(
        operation,
        operation.operationId === 'logout' ? await signIn('owner@example.com') : admin,
      );
      if (code === 'SECOND_FACTOR_REQUIRED')
        expect([operation.operationId, status]).toEqual([operation.operationId, 403]);
      else found.push(operation.operationId);
    }
    expect(takesToken.length).toBeGreaterThan(100);
    expect(found.sort()).toEqual(OPEN);
    const { body } = await send('GET', '/users/me', admin);
    expect(body).toMatchObject({ error: { message: expect.stringContaining('/api/v1/auth/mfa/totp/setup') } });
  });

  it('is open at once, to the same token, when he has set one up', async () => {
    const { token } = await somebody();
    expect(await send('GET', '/users/me', token)).toMatchObject(REQUIRED);
    expect(shaped(Me, (await send('GET', '/auth/me', token)).body).mfa_setup_required).toBe(true);
    await setUp(token);
    expect((await send('GET', '/users/me', token)).status).toBe(200);
    expect(await send('PUT', '/users/me', token, { headline: 'Free' })).toMatchObject({ status: 200 });
    expect(shaped(Me, (await send('GET', '/auth/me', token)).body).mfa_setup_required).toBe(false);
  });

  it('is as closed to API keys of somebody whose factor was taken away, and open to them when he has another', async () => {
    const { id, email, token } = await somebody();
    await setUp(token);
    const made = await send('POST', '/api-keys', token, { name: 'program', scopes: ['read:profile'] });
    const { key } = shaped(NewApiKey, made.body);
    // As DELETE /admin/users/{id}/second-factor does; asked before the gateway has seen the key.
    await door.db.admin('DELETE FROM identity.totp_factor WHERE user_id = $1', [id]);
    expect(await send('GET', '/users/me', key)).toMatchObject(REQUIRED);
    await setUp(await signIn(email));
    expect((await send('GET', '/users/me', key)).status).toBe(200);
  });

  it('opens no live socket to who has none', async () => {
    const socket = new WebSocket(`${door.url.replace(/^http/, 'ws')}/ws`);
    const said = await new Promise<string>((resolve, reject) => {
      socket.on('open', () => socket.send(JSON.stringify({ type: 'auth', token: admin })));
      socket.on('message', (data) => resolve(Buffer.isBuffer(data) ? data.toString('utf8') : ''));
      socket.on('error', reject);
    });
    expect(JSON.parse(said)).toMatchObject({ type: 'error', code: 'SECOND_FACTOR_REQUIRED' });
    expect(await send('POST', '/ws/tickets', admin)).toMatchObject(REQUIRED);
  });
});
