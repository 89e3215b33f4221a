import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { listIdentities, SignedInUser, TokenPair, User } from '#contracts';
import { newId } from '#kernel';
import { decodeJwt, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { type Door, doorAddress, shaped, startDoor } from './support/door.js';
import {
  Browser,
  type Claims,
  CLIENT_SECRET,
  CLIENTS,
  type IdentityProvider,
  startIdentityProvider,
} from './support/identity-provider.js';

const PAGE = 'https://app.example.com/signed-in';
const PASSWORD = 'seven purple elephants';
const REFUSED = { error: { code: 'EXTERNAL_SIGN_IN_FAILED' } };

let door: Door;
let provider: IdentityProvider;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const address = await doorAddress();
  const callback = (path: string) => `${address.url}/api/v1/auth/${path}/callback`;
  provider = await startIdentityProvider({
    google: callback('google'),
    linkedin: callback('linkedin'),
    oidc: callback('oidc/keycloak'),
  });
  stops.unshift(() => provider.stop());
  door = await startDoor(address, {
    GOOGLE_CLIENT_ID: CLIENTS.google,
    GOOGLE_CLIENT_SECRET: CLIENT_SECRET,
    GOOGLE_ISSUER: provider.issuer,
    GOOGLE_APP_CLIENT_IDS: 'android-app',
    LINKEDIN_CLIENT_ID: CLIENTS.linkedin,
    LINKEDIN_CLIENT_SECRET: CLIENT_SECRET,
    LINKEDIN_ISSUER: provider.issuer,
    OIDC_PROVIDERS: JSON.stringify([
      { id: 'keycloak', issuer: provider.issuer, client_id: CLIENTS.oidc, client_secret: CLIENT_SECRET },
      { id: 'gone', issuer: 'http://127.0.0.1:9', client_id: 'x', client_secret: 'x' },
      { id: 'impostor', issuer: `${provider.issuer}/impostor`, client_id: CLIENTS.oidc, client_secret: CLIENT_SECRET },
    ]),
    SIGN_IN_RETURN_URLS: `${PAGE},https://other.example.com/`,
  });
  stops.unshift(() => door.stop());
}, 90_000);
afterAll(async () => {
  for (const stop of stops) await stop();
});
afterEach(() => {
  provider.person = undefined;
  provider.tokenAnswer = undefined;
});

const somebody = (changes: Partial<Claims> = {}): Claims => {
  const sub = newId();
  return { sub, email: `${sub}@example.com`, email_verified: true, name: 'Ada Lovelace', ...changes };
};
const api = (path: string): string => `${door.url}/api/v1${path}`;

/** From our door through the provider's pages to the address it sends the browser back to, not opened yet. */
const dance = (path: string, browser = new Browser()): Promise<URL> =>
  browser.walk(path.startsWith('http') ? path : api(path), (url) => url.origin === door.url);

/** What stands behind the `#` of the page the dance ends at. */
async function ending(path: string, browser = new Browser()): Promise<URLSearchParams> {
  const answer = await browser.get(await dance(path, browser));
  const location = answer.headers.get('location') ?? '';
  expect(answer.status).toBe(302);
  expect(location.startsWith(`${PAGE}#`)).toBe(true);
  return new URLSearchParams(new URL(location).hash.slice(1));
}
const exchange = (code: string) => door.send('POST', '/auth/exchange', { body: { code } });
async function signInBy(path: string, person: Claims) {
  provider.person = person;
  const answer = await exchange((await ending(path)).get('code') ?? '');
  expect(answer.status).toBe(200);
  return shaped(SignedInUser, answer.body);
}
async function registered(verified: boolean) {
  const email = `${newId()}@example.com`;
  const body = { email, password: PASSWORD, full_name: 'Ada' };
  const user = shaped(User, (await door.send('POST', '/auth/register', { body })).body);
  if (verified) await door.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [user.id]);
  const login = await door.send('POST', '/auth/login', { body: { email, password: PASSWORD } });
  return { id: user.id, email, token: shaped(TokenPair, login.body).access_token };
}

describe('signing in by a provider, in a browser', () => {
  it.each([
    ['Google', '/auth/google', 'google'],
    ['LinkedIn, which gives no nonce back', '/auth/linkedin', 'linkedin'],
    ['a configured provider', '/auth/oidc/keycloak', 'oidc'],
  ])('makes the account at the first time and finds it afterwards: %s', async (_who, path, method) => {
    const person = somebody();
    const first = await signInBy(path, person);
    expect(first.user).toMatchObject({ email: person.email, email_verified: true, full_name: 'Ada Lovelace' });
    const again = await signInBy(path, { ...person, email: 'new@example.com', email_verified: false });
    expect(again.user.id).toBe(first.user.id);
    const me = await door.send('GET', '/auth/me', { token: again.access_token });
    expect(me).toMatchObject({ status: 200, body: { id: first.user.id } });
    const events = await door.db.admin<{ method: string }>(
      `SELECT payload::jsonb -> 'data' ->> 'method' AS method FROM identity.outbox
       WHERE subject = 'evt.identity.user.registered.v1' AND payload::jsonb ->> 'subject' = $1`,
      [first.user.id],
    );
    expect(events).toEqual([{ method }]);
  });

  it('asks the provider with PKCE, state and nonce, and for our exact address', async () => {
    const answer = await new Browser().get(api('/auth/google'));
    expect(answer.status).toBe(302);
    const url = new URL(answer.headers.get('location') ?? '');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: CLIENTS.google,
      redirect_uri: api('/auth/google/callback'),
      scope: 'openid email profile',
      code_challenge_method: 'S256',
    });
    for (const secret of ['state', 'nonce', 'code_challenge']) {
      expect(url.searchParams.get(secret)).toMatch(/^[\w-]{43}$/);
    }
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-cc-sign-in=[\w-]{43}; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('takes the code of the page once, and only for a minute', async () => {
    provider.person = somebody();
    const code = (await ending('/auth/google')).get('code') ?? '';
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => exchange(code)));
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await exchange(code)).toMatchObject({ status: 401, body: REFUSED });
    const late = (await ending('/auth/google')).get('code') ?? '';
    await door.db.admin(`UPDATE identity.pending_step SET expires_at = now() - interval '1 ms'`);
    expect(await exchange(late)).toMatchObject({ status: 401, body: REFUSED });
  });

  it('ends at another page the operator allows, and at no page he does not', async () => {
    const begin = (page: string) => door.send('GET', `/auth/google?return_to=${encodeURIComponent(page)}`);
    expect((await begin('https://other.example.com/')).status).toBe(302);
    for (const page of [
      'https://evil.example.com/',
      'https://other.example.com/more',
      'https://other.example.com@evil.example.com/',
      'https://app.example.com/signed-in?next=https://evil.example.com',
      'http://app.example.com/signed-in',
    ]) {
      expect(await begin(page)).toMatchObject({ status: 422, body: { error: { details: [{ field: 'return_to' }] } } });
    }
    expect((await begin('javascript:alert(1)')).status).toBe(422);
  });

  it('says that it was cancelled, without telling the page why', async () => {
    expect(Object.fromEntries(await ending('/auth/google'))).toEqual({ error: 'EXTERNAL_SIGN_IN_FAILED' });
  });

  it('has no account for an address the provider did not confirm', async () => {
    provider.person = somebody({ email_verified: false });
    expect((await ending('/auth/google')).get('error')).toBe('EMAIL_NOT_VERIFIED');
    provider.person = { sub: newId(), name: 'No Mail' };
    expect((await ending('/auth/linkedin')).get('error')).toBe('EMAIL_NOT_VERIFIED');
  });

  it('links to an account with the same address where both sides confirmed it', async () => {
    const account = await registered(true);
    const signedIn = await signInBy('/auth/google', somebody({ email: account.email.toUpperCase() }));
    expect(signedIn.user.id).toBe(account.id);
    const list = await door.send('GET', '/auth/identities', { token: account.token });
    expect(shaped(listIdentities.response, list.body).identities).toMatchObject([{ provider: 'google' }]);
  });

  it('does not link to an account that never confirmed the address: it may be a trap', async () => {
    const { email } = await registered(false);
    provider.person = somebody({ email });
    expect((await ending('/auth/google')).get('error')).toBe('EMAIL_NOT_VERIFIED');
  });

  it('does not link to an account by an address the provider did not confirm', async () => {
    const { email } = await registered(true);
    provider.person = somebody({ email, email_verified: false });
    expect((await ending('/auth/google')).get('error')).toBe('EMAIL_NOT_VERIFIED');
  });

  it('does not let a blocked account in, known by its identity or by its address', async () => {
    const person = somebody();
    const { user } = await signInBy('/auth/google', person);
    await door.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [user.id]);
    provider.person = person;
    expect((await ending('/auth/google')).get('error')).toBe('ACCOUNT_DISABLED');
    provider.person = somebody({ email: person.email });
    expect((await ending('/auth/google')).get('error')).toBe('ACCOUNT_DISABLED');
  });

  it('is not set up where nobody configured it, and says which provider cannot be reached', async () => {
    expect(await door.send('GET', '/auth/oidc/nobody')).toMatchObject({ status: 404 });
    expect(await door.send('GET', '/auth/oidc/gone')).toMatchObject({
      status: 503,
      body: { error: { code: 'PROVIDER_UNAVAILABLE' } },
    });
  });

  it('does not trust a discovery document that names another issuer', async () => {
    expect((await door.send('GET', '/auth/oidc/impostor')).status).toBe(503);
  });
});

describe('a browser that comes back', () => {
  const open = async (url: URL | string, browser = new Browser()) => {
    const answer = await browser.get(url);
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const changed = (url: URL, parameters: Record<string, string | undefined>): URL => {
    const copy = new URL(url);
    for (const [name, value] of Object.entries(parameters)) {
      if (value === undefined) copy.searchParams.delete(name);
      else copy.searchParams.set(name, value);
    }
    return copy;
  };

  it.each([
    ['a state nobody gave out', { state: 'A'.repeat(43) }],
    ['no state', { state: undefined }],
    ['an empty state', { state: '' }],
  ])('is refused with %s', async (_what, parameters) => {
    provider.person = somebody();
    const browser = new Browser();
    const callback = await dance('/auth/google', browser);
    expect(await open(changed(callback, parameters), browser)).toMatchObject({ status: 401, body: REFUSED });
  });

  it('is refused when it is not the browser that started: nobody is signed in as somebody else', async () => {
    provider.person = somebody();
    const callback = await dance('/auth/google');
    expect(await open(callback, new Browser())).toMatchObject({ status: 401, body: REFUSED });
    const other = new Browser();
    await other.get(api('/auth/google'));
    expect(await open(callback, other)).toMatchObject({ status: 401, body: REFUSED });
  });

  it('is refused a second time with the same code and state', async () => {
    provider.person = somebody();
    const browser = new Browser();
    const { headers } = await browser.get(api('/auth/google'));
    const cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const callback = await browser.walk(headers.get('location') ?? '', (url) => url.origin === door.url);
    const come = () => door.send('GET', callback.href, { cookie });
    expect((await come()).status).toBe(302);
    expect(await come()).toMatchObject({ status: 401, body: REFUSED });
  });

  it('is refused with the code of another sign-in', async () => {
    provider.person = somebody();
    const stolen = (await dance('/auth/google')).searchParams.get('code') ?? '';
    const browser = new Browser();
    const own = await dance('/auth/google', browser);
    const answer = await browser.get(changed(own, { code: stolen }));
    expect(answer.headers.get('location')).toBe(`${PAGE}#error=EXTERNAL_SIGN_IN_FAILED`);
  });

  it('is refused with the issuer of another provider (mix-up)', async () => {
    provider.person = somebody();
    const browser = new Browser();
    const callback = await dance('/auth/google', browser);
    expect(callback.searchParams.get('iss')).toBe(provider.issuer);
    const answer = await browser.get(changed(callback, { iss: 'https://evil.example.com' }));
    expect(answer.headers.get('location')).toBe(`${PAGE}#error=EXTERNAL_SIGN_IN_FAILED`);
  });

  it('is refused at the callback of another provider', async () => {
    provider.person = somebody();
    const browser = new Browser();
    const callback = await dance('/auth/google', browser);
    const elsewhere = new URL(callback.href.replace('/google/', '/linkedin/'));
    expect(await open(elsewhere, browser)).toMatchObject({ status: 401, body: REFUSED });
  });

  it('is refused when it took longer than ten minutes', async () => {
    provider.person = somebody();
    const browser = new Browser();
    const callback = await dance('/auth/google', browser);
    await door.db.admin(`UPDATE identity.external_flow SET expires_at = now() - interval '1 ms'`);
    expect(await open(callback, browser)).toMatchObject({ status: 401, body: REFUSED });
  });

  it('may bring parameters nobody knows, but none of ours twice', async () => {
    provider.person = somebody();
    const browser = new Browser();
    const callback = await dance('/auth/google', browser);
    const twice = `${callback.href}&state=${callback.searchParams.get('state') ?? ''}`;
    expect((await open(twice, browser)).status).toBe(422);
    const answer = await browser.get(changed(callback, { session_state: 'x', authuser: '0', hd: 'example.com' }));
    expect(answer.headers.get('location')).toMatch(/#code=ccst_/);
  });

  it('finds secrets of the dance in no table readable', async () => {
    const { headers } = await new Browser().get(api('/auth/google'));
    const url = new URL(headers.get('location') ?? '');
    const rows = JSON.stringify(
      await door.db.admin(`SELECT *, encode(state_hash, 'escape') AS text FROM identity.external_flow`),
    );
    expect(rows).not.toContain(url.searchParams.get('state') ?? 'no state');
    expect(rows).not.toContain(url.searchParams.get('nonce') ?? 'no nonce');
  });
});

describe('a provider that answers', () => {
  const seconds = () => Math.floor(Date.now() / 1000);
  const FORGED: [string, (claims: JWTPayload) => Promise<string | undefined> | string | undefined][] = [
    ['an expired id_token', (claims) => provider.sign({ ...claims, exp: seconds() - 120, iat: seconds() - 3600 })],
    ['an id_token for another client', (claims) => provider.sign({ ...claims, aud: CLIENTS.linkedin })],
    [
      'an id_token for several clients',
      (claims) => provider.sign({ ...claims, aud: [CLIENTS.google, 'other'], azp: 'other' }),
    ],
    ['an id_token of another issuer', (claims) => provider.sign({ ...claims, iss: 'https://evil.example.com' })],
    ['an id_token with the nonce of another dance', (claims) => provider.sign({ ...claims, nonce: 'another' })],
    ['an id_token without a nonce', ({ nonce: _nonce, ...claims }) => provider.sign(claims)],
    ['an id_token without a subject', ({ sub: _sub, ...claims }) => provider.sign(claims)],
    ['an id_token with an empty subject', (claims) => provider.sign({ ...claims, sub: '' })],
    ['an id_token that does not expire', ({ exp: _exp, ...claims }) => provider.sign(claims)],
    [
      'an id_token somebody else signed',
      async (claims) => provider.sign(claims, { key: (await generateKeyPair('RS256')).privateKey }),
    ],
    [
      'an id_token signed with a key that was never published',
      async (claims) => provider.sign(claims, { key: (await generateKeyPair('RS256')).privateKey, kid: 'unknown' }),
    ],
    ['an id_token nobody signed', (claims) => new UnsecuredJWT(claims).encode()],
    [
      'an id_token signed with the client secret',
      (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(CLIENT_SECRET)),
    ],
    ['an id_token cut off', async (claims) => (await provider.sign(claims)).slice(0, -20)],
    ['no id_token', () => undefined],
  ];

  it.each(FORGED)('%s signs nobody in', async (_what, forge) => {
    provider.person = somebody();
    provider.tokenAnswer = async (real) => ({ ...real, id_token: await forge(decodeJwt(String(real['id_token']))) });
    expect(Object.fromEntries(await ending('/auth/google'))).toEqual({ error: 'EXTERNAL_SIGN_IN_FAILED' });
    const rows = await door.db.admin('SELECT id FROM identity.account WHERE email = $1', [provider.person.email]);
    expect(rows).toEqual([]);
  });

  it('the truth, signs in: the forgeries above fail by what was forged', async () => {
    provider.person = somebody();
    provider.tokenAnswer = async (real) => ({
      ...real,
      id_token: await provider.sign(decodeJwt(String(real['id_token']))),
    });
    expect((await ending('/auth/google')).get('code')).toMatch(/^ccst_/);
  });
});

describe('an id_token of Google Sign-In', () => {
  const post = (id_token: string, more: object = {}) =>
    door.send('POST', '/auth/google', { body: { id_token, ...more } });
  const claimsFor = (person: Claims, changes: JWTPayload = {}): JWTPayload => {
    const now = Math.floor(Date.now() / 1000);
    return { ...person, iss: provider.issuer, aud: CLIENTS.google, iat: now, exp: now + 3600, ...changes };
  };

  it("signs in, also at the path of older clients and for the operator's apps", async () => {
    const person = somebody();
    const answer = await post(await provider.sign(claimsFor(person)));
    expect(answer.status).toBe(200);
    const { user } = shaped(SignedInUser, answer.body);
    expect(user).toMatchObject({ email: person.email, email_verified: true });
    const body = { id_token: await provider.sign(claimsFor(person, { aud: 'android-app' })) };
    const older = await door.send('POST', `${door.url}/v1/auth/google`, { body });
    expect(shaped(SignedInUser, older.body).user.id).toBe(user.id);
  });

  it('must carry the nonce where one is given', async () => {
    const person = somebody();
    const token = await provider.sign(claimsFor(person, { nonce: 'mine' }));
    expect(await post(token, { nonce: 'other' })).toMatchObject({ status: 401, body: REFUSED });
    const without = await provider.sign(claimsFor(person));
    expect(await post(without, { nonce: 'mine' })).toMatchObject({ status: 401, body: REFUSED });
    expect((await post(token, { nonce: 'mine' })).status).toBe(200);
  });

  const FORGED: [string, (claims: JWTPayload) => Promise<string> | string][] = [
    ['expired', (claims) => provider.sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 120 })],
    ['for a foreign audience', (claims) => provider.sign({ ...claims, aud: 'somebody-elses-app' })],
    ['for several audiences', (claims) => provider.sign({ ...claims, aud: [CLIENTS.google, 'somebody-elses-app'] })],
    ['issued to a foreign party', (claims) => provider.sign({ ...claims, azp: 'somebody-elses-app' })],
    ['of another issuer', (claims) => provider.sign({ ...claims, iss: 'https://accounts.example.com' })],
    ['without expiry', ({ exp: _exp, ...claims }) => provider.sign(claims)],
    ['without a subject', ({ sub: _sub, ...claims }) => provider.sign(claims)],
    ['not valid yet', (claims) => provider.sign({ ...claims, nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['signed by nobody', (claims) => new UnsecuredJWT(claims).encode()],
    [
      'signed with a shared secret',
      (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(CLIENT_SECRET)),
    ],
    [
      'signed by somebody else',
      async (claims) => provider.sign(claims, { key: (await generateKeyPair('RS256')).privateKey }),
    ],
    ['no token at all', () => 'nonsense'],
  ];
  it.each(FORGED)('is refused %s', async (_what, forge) => {
    const person = somebody();
    expect(await post(await forge(claimsFor(person)))).toMatchObject({ status: 401, body: REFUSED });
    expect(await door.db.admin('SELECT id FROM identity.account WHERE email = $1', [person.email])).toEqual([]);
  });

  it('is refused when it is one of our own access tokens', async () => {
    const { token } = await registered(true);
    expect(await post(token)).toMatchObject({ status: 401, body: REFUSED });
  });

  it('with an address Google did not confirm makes no account', async () => {
    expect(await post(await provider.sign(claimsFor(somebody({ email_verified: false }))))).toMatchObject({
      status: 403,
      body: { error: { code: 'EMAIL_NOT_VERIFIED' } },
    });
  });

  it.each([
    ['an empty token', { id_token: '' }, 'id_token'],
    ['no token', {}, 'id_token'],
    ['a number', { id_token: 42 }, 'id_token'],
    ['a field we do not know', { id_token: 'x', role: 'admin' }, 'role'],
  ])('answers 422 naming the field to %s', async (_what, body, field) => {
    expect(await door.send('POST', '/auth/google', { body })).toMatchObject({
      status: 422,
      body: { error: { details: [{ field }] } },
    });
  });
});

describe('linking a provider to an account', () => {
  const start = (token: string, more: object = {}) =>
    door.send('POST', '/auth/identities', { token, body: { provider: 'google', current_password: PASSWORD, ...more } });
  const startUrl = async (token: string): Promise<string> =>
    String(Reflect.get(Object((await start(token)).body), 'start_url'));
  const confirm = (token: string, link_code: string) =>
    door.send('POST', '/auth/identities/confirm', { token, body: { link_code } });
  const identitiesOf = async (token: string) =>
    shaped(listIdentities.response, (await door.send('GET', '/auth/identities', { token })).body).identities;

  it('links in two steps, signs in by it from then on, and unlinks', async () => {
    const account = await registered(true);
    const person = somebody();
    provider.person = person;
    const code = (await ending(await startUrl(account.token))).get('link_code') ?? '';
    const linked = await confirm(account.token, code);
    expect(linked).toMatchObject({ status: 201, body: { provider: 'google', email: person.email } });
    expect((await signInBy('/auth/google', person)).user.id).toBe(account.id);
    const [identity] = await identitiesOf(account.token);
    const path = `/auth/identities/${identity?.id ?? ''}`;
    const other = await registered(true);
    expect((await door.send('DELETE', path, { token: other.token })).status).toBe(404);
    expect((await door.send('DELETE', path, { token: account.token })).status).toBe(204);
    expect((await door.send('DELETE', path, { token: account.token })).status).toBe(404);
    expect(await identitiesOf(account.token)).toEqual([]);
  });

  it('does not link what somebody else was led to: his code is of no use to the one who started', async () => {
    const [attacker, victim] = [await registered(true), await registered(true)];
    provider.person = somebody();
    const code = (await ending(await startUrl(attacker.token))).get('link_code') ?? '';
    expect(await confirm(victim.token, code)).toMatchObject({
      status: 422,
      body: { error: { code: 'INVALID_TOKEN' } },
    });
    expect(await confirm(attacker.token, code)).toMatchObject({ status: 422 });
    expect([...(await identitiesOf(victim.token)), ...(await identitiesOf(attacker.token))]).toEqual([]);
  });

  it('does not take the code of a sign-in for that of a linking, nor the other way round', async () => {
    const account = await registered(true);
    provider.person = somebody();
    const code = (await ending('/auth/google')).get('code') ?? '';
    expect((await confirm(account.token, code)).status).toBe(422);
    const linkCode = (await ending(await startUrl(account.token))).get('link_code') ?? '';
    expect(await exchange(linkCode)).toMatchObject({ status: 401, body: REFUSED });
  });

  it('needs the password, a confirmed address here and a confirmed address there', async () => {
    const account = await registered(true);
    for (const current_password of [undefined, 'wrong']) {
      expect(await start(account.token, { current_password })).toMatchObject({
        status: 422,
        body: { error: { details: [{ field: 'current_password' }] } },
      });
    }
    expect(await start((await registered(false)).token)).toMatchObject({
      status: 403,
      body: { error: { code: 'EMAIL_NOT_VERIFIED' } },
    });
    provider.person = somebody({ email_verified: false });
    const code = (await ending(await startUrl(account.token))).get('link_code') ?? '';
    expect(await confirm(account.token, code)).toMatchObject({
      status: 403,
      body: { error: { code: 'EMAIL_NOT_VERIFIED' } },
    });
  });

  it('does not take an identity away from the account it belongs to', async () => {
    const person = somebody();
    const { user } = await signInBy('/auth/google', person);
    const account = await registered(true);
    provider.person = person;
    const code = (await ending(await startUrl(account.token))).get('link_code') ?? '';
    expect(await confirm(account.token, code)).toMatchObject({ status: 409 });
    expect((await signInBy('/auth/google', person)).user.id).toBe(user.id);
  });

  it('starts once with an address, then not again', async () => {
    const account = await registered(true);
    const url = await startUrl(account.token);
    expect((await door.send('GET', url)).status).toBe(302);
    expect(await door.send('GET', url)).toMatchObject({ status: 401, body: REFUSED });
  });

  it('does not remove the last way in', async () => {
    const { access_token: token } = await signInBy('/auth/google', somebody());
    const [identity] = await identitiesOf(token);
    expect(await door.send('DELETE', `/auth/identities/${identity?.id ?? ''}`, { token })).toMatchObject({
      status: 409,
      body: { error: { code: 'LAST_WAY_IN' } },
    });
    expect(await identitiesOf(token)).toHaveLength(1);
  });
});
