import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listAudit, listSessions, listSkills, Skill, TokenPair, User } from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import { OwnerService } from '../../identity/src/index.js';
import { type RunningDoor, shaped, startRunningDoor } from './support/running-door.js';

const PASSWORD = 'seven purple elephants';

/** Identity and two gateways on one broker: what one gateway learns, the other must know. */
describe('the door of identity', () => {
  let door: RunningDoor;

  beforeAll(async () => {
    door = await startRunningDoor({ gateways: 2 });
  }, 60_000);
  afterAll(() => door.stop());

  async function send(method: string, path: string, options: { token?: string; body?: unknown; at?: 0 | 1 } = {}) {
    const { token, body, at = 0 } = options;
    const headers: Record<string, string> = {};
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(`${door.gateways[at]?.url ?? ''}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, body: parsed };
  }

  const signIn = async (email: string, password: string) =>
    shaped(TokenPair, (await send('POST', '/auth/login', { body: { email, password } })).body);

  async function somebody() {
    const email = `${newId()}@example.com`;
    const registered = await send('POST', '/auth/register', { body: { email, password: PASSWORD, full_name: 'Ada' } });
    expect(registered.status).toBe(201);
    const { access_token: access, refresh_token: refresh } = await signIn(email, PASSWORD);
    return { id: shaped(User, registered.body).id, email, access, refresh };
  }

  async function owner(): Promise<string> {
    const result = await door.identity.app
      .get(OwnerService, { strict: false })
      .createOwner({ password: 'eight yellow giraffes' });
    return (await signIn(result.email, 'eight yellow giraffes')).access_token;
  }

  /** Refused at both gateways within a second. */
  const refusedSoon = (token: string) =>
    eventually(
      async () => {
        for (const at of [0, 1] as const) expect((await send('GET', '/auth/me', { token, at })).status).toBe(401);
      },
      { timeoutMs: 1000 },
    );

  it('walks the examples of the documentation: register, sign in, write the profile', async () => {
    const email = `${newId()}@example.com`;
    const registered = await send('POST', '/auth/register', {
      body: { email, password: 'SecurePassword123!', full_name: 'John Doe' },
    });
    expect(registered).toMatchObject({
      status: 201,
      body: { id: expect.any(String), email, full_name: 'John Doe', created_at: expect.stringMatching(/Z$/) },
    });
    const login = await send('POST', '/auth/login', { body: { email, password: 'SecurePassword123!' } });
    expect(login).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 1800 } });
    const token = shaped(TokenPair, login.body).access_token;
    const change = {
      current_role: 'Data Scientist',
      experience_years: 5,
      skills: ['Python', 'Machine Learning', 'TensorFlow', 'SQL'],
      preferred_locations: ['Berlin', 'Amsterdam', 'Stockholm'],
      salary_min: 80000,
      salary_max: 120000,
      remote_preference: 'hybrid',
      visa_sponsorship_required: true,
    };
    expect(await send('PUT', '/users/me', { token, body: change })).toMatchObject({ status: 200, body: change });
    expect(await send('GET', '/users/me', { token, at: 1 })).toMatchObject({ status: 200, body: change });
    expect(await send('GET', '/auth/me', { token })).toMatchObject({ status: 200, body: { email, roles: ['user'] } });
  });

  it('takes `name` for `full_name`, and asks for one of them', async () => {
    const register = (names: object) =>
      send('POST', '/auth/register', { body: { email: `${newId()}@example.com`, password: PASSWORD, ...names } });
    expect(await register({ name: 'Ada King' })).toMatchObject({ status: 201, body: { full_name: 'Ada King' } });
    expect(await register({})).toMatchObject({
      status: 422,
      body: { error: { code: 'VALIDATION_ERROR', details: [{ field: 'full_name' }] } },
    });
    const { access } = await somebody();
    expect(await send('PUT', '/auth/me', { token: access, body: { name: 'Lady L' } })).toMatchObject({
      status: 200,
      body: { full_name: 'Lady L' },
    });
  });

  it('answers 409 for an address that is taken and 401 for wrong credentials', async () => {
    const { email } = await somebody();
    expect(
      await send('POST', '/auth/register', { body: { email, password: PASSWORD, full_name: 'Ada' } }),
    ).toMatchObject({ status: 409, body: { error: { code: 'EMAIL_ALREADY_REGISTERED' } } });
    expect(await send('POST', '/auth/login', { body: { email, password: 'wrong' } })).toMatchObject({
      status: 401,
      body: { error: { code: 'INVALID_CREDENTIALS' } },
    });
  });

  it('refreshes with the token in the body or as bearer, and asks for it where there is none', async () => {
    const { refresh } = await somebody();
    const inBody = await send('POST', '/auth/refresh', { body: { refresh_token: refresh } });
    expect(inBody).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
    const asBearer = await send('POST', '/auth/refresh', { token: shaped(TokenPair, inBody.body).refresh_token });
    expect(asBearer.status).toBe(200);
    const { access_token: token } = shaped(TokenPair, asBearer.body);
    expect((await send('GET', '/auth/me', { token })).status).toBe(200);
    expect(await send('POST', '/auth/refresh')).toMatchObject({
      status: 422,
      body: { error: { details: [{ field: 'refresh_token' }] } },
    });
  });

  it('refuses every token of the family at both gateways within a second when a refresh token comes twice', async () => {
    const { access, refresh } = await somebody();
    const next = await send('POST', '/auth/refresh', { token: refresh });
    expect((await send('GET', '/auth/me', { token: access, at: 1 })).status).toBe(200);
    expect(await send('POST', '/auth/refresh', { token: refresh, at: 1 })).toMatchObject({
      status: 401,
      body: { error: { code: 'INVALID_REFRESH_TOKEN' } },
    });
    await refusedSoon(access);
    await refusedSoon(shaped(TokenPair, next.body).access_token);
  });

  it('refuses the access token at both gateways within a second after signing out', async () => {
    const { access } = await somebody();
    expect(await send('POST', '/auth/logout?all=true', { token: access })).toMatchObject({
      status: 200,
      body: { status: 'signed_out', sessions_revoked: 1 },
    });
    await refusedSoon(access);
  });

  it('refuses the other sessions within a second after the password was changed, and not this one', async () => {
    const { email, access } = await somebody();
    const elsewhere = await signIn(email, PASSWORD);
    const body = { current_password: PASSWORD, new_password: 'eight yellow giraffes' };
    expect((await send('PUT', '/users/me/password', { token: access, body })).status).toBe(200);
    await refusedSoon(elsewhere.access_token);
    expect((await send('GET', '/auth/me', { token: access, at: 1 })).status).toBe(200);
  });

  it('lists sessions and history, and ends a session with 204', async () => {
    const { email, access } = await somebody();
    await signIn(email, PASSWORD);
    const sessions = async () =>
      shaped(listSessions.response, (await send('GET', '/auth/sessions', { token: access })).body);
    expect(await sessions()).toMatchObject({ total: 2, page: 1 });
    const other = (await sessions()).sessions.find((session) => !session.current);
    expect((await send('DELETE', `/auth/sessions/${other?.id ?? ''}`, { token: access })).status).toBe(204);
    expect((await send('DELETE', `/auth/sessions/${other?.id ?? ''}`, { token: access })).status).toBe(404);
    expect((await send('DELETE', '/auth/sessions', { token: access })).status).toBe(204);
    expect((await sessions()).total).toBe(1);
    const audit = await send('GET', '/auth/audit?per_page=2', { token: access });
    expect(shaped(listAudit.response, audit.body).entries).toHaveLength(2);
  });

  it('keeps skills of one person away from another', async () => {
    const [mine, other] = [await somebody(), await somebody()];
    const body = { name: 'Rust', proficiency: 'expert', years: 3 };
    const created = await send('POST', '/skills', { token: mine.access, body });
    expect(created).toMatchObject({ status: 201, body: { ...body, is_verified: false } });
    const path = `/skills/${shaped(Skill, created.body).id}`;
    expect((await send('GET', path, { token: mine.access })).body).toEqual(created.body);
    for (const method of ['GET', 'DELETE'])
      expect((await send(method, path, { token: other.access })).status).toBe(404);
    expect((await send('PUT', path, { token: other.access, body: { years: 1 } })).status).toBe(404);
    expect((await send('DELETE', path, { token: mine.access })).status).toBe(204);
    const left = await send('GET', '/skills', { token: mine.access });
    expect(shaped(listSkills.response, left.body).total).toBe(0);
  });

  it('lets only admins change access, and a change holds at both gateways within a second', async () => {
    const admin = await owner();
    const { id, access, refresh } = await somebody();
    expect((await send('GET', '/admin/users', { token: access })).status).toBe(403);
    expect((await send('PUT', `/admin/users/${id}`, { token: access, body: { roles: ['admin'] } })).status).toBe(403);

    const promoted = await send('PUT', `/admin/users/${id}`, { token: admin, body: { roles: ['user', 'admin'] } });
    expect(promoted).toMatchObject({ status: 200, body: { roles: ['user', 'admin'] } });
    await refusedSoon(access);
    const next = await send('POST', '/auth/refresh', { token: refresh });
    const now = shaped(TokenPair, next.body).access_token;
    for (const at of [0, 1] as const) expect((await send('GET', '/admin/users', { token: now, at })).status).toBe(200);

    expect((await send('PUT', `/admin/users/${id}`, { token: admin, body: { blocked: true } })).status).toBe(200);
    await refusedSoon(now);
  });

  it.each([
    ['GET', '/auth/me'],
    ['PUT', '/auth/me'],
    ['POST', '/auth/logout'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions'],
    ['DELETE', `/auth/sessions/${newId()}`],
    ['GET', '/auth/audit'],
    ['GET', '/users/me'],
    ['PUT', '/users/me'],
    ['PUT', '/users/me/password'],
    ['GET', '/skills'],
    ['POST', '/skills'],
    ['GET', `/skills/${newId()}`],
    ['PUT', `/skills/${newId()}`],
    ['DELETE', `/skills/${newId()}`],
    ['GET', '/admin/users'],
    ['PUT', `/admin/users/${newId()}`],
  ])('answers 401 without a token, with nonsense and with a refresh token: %s %s', async (method, path) => {
    const { refresh } = await somebody();
    for (const token of [undefined, 'nonsense', refresh]) {
      expect((await send(method, path, { token })).status).toBe(401);
    }
  });

  it('publishes the keys to everybody', async () => {
    const { status, body } = await send('GET', '/auth/jwks.json');
    expect(status).toBe(200);
    expect(body).toEqual({ keys: [expect.objectContaining({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })] });
    expect(JSON.stringify(body)).not.toContain('"d"');
  });
});
