import 'reflect-metadata';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '#kernel';
import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { type Answered, type Door, doorAddress, startDoor } from './support/door.js';
import { LIAR, type Lie, LyingProvider, sendJson } from './support/lying-provider.js';

const REFUSED = { status: 401, body: { error: { code: 'EXTERNAL_SIGN_IN_FAILED' } } };
const AWAY = { status: 503, body: { error: { code: 'PROVIDER_UNAVAILABLE' } } };

const html: Lie = (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Maintenance</h1>');
const broken: Lie = (response) => response.writeHead(500).end('no');
const elsewhere: Lie = (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
const endless: Lie = (response) => sendJson(response, { padding: 'x'.repeat(1024 * 1024) });
const silent: Lie = () => undefined;

/** Cases of discovery, each a provider of its own: what is wrong is remembered by nobody. */
const DOCUMENTS: [name: string, lie: (provider: LyingProvider) => Lie][] = [
  [
    'names another issuer',
    ({ document }) =>
      (response) =>
        sendJson(response, { ...document, issuer: 'https://id.example.com' }),
  ],
  [
    'names no keys',
    ({ document }) =>
      (response) =>
        sendJson(response, { ...document, jwks_uri: undefined }),
  ],
  ['is a page', () => html],
  ['is an error', () => broken],
  ['lies elsewhere', () => elsewhere],
  ['has a megabyte', () => endless],
];

let door: Door;
let provider: LyingProvider;
let other: LyingProvider;
let inside: LyingProvider;
let documents: LyingProvider[];
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const started = async (): Promise<LyingProvider> => {
    const one = await LyingProvider.start();
    stops.unshift(() => one.stop());
    return one;
  };
  [provider, other, inside] = [await started(), await started(), await started()];
  documents = await Promise.all(DOCUMENTS.map(started));
  const configured = (id: string, { issuer }: LyingProvider) => ({
    id,
    issuer,
    client_id: LIAR.clientId,
    client_secret: LIAR.clientSecret,
  });
  door = await startDoor(await doorAddress(), {
    OIDC_PROVIDERS: JSON.stringify([
      configured('home', provider),
      configured('other', other),
      configured('inside', inside),
      ...documents.map((one, index) => configured(`document-${index}`, one)),
    ]),
  });
  stops.unshift(() => door.stop());
}, 90_000);
afterAll(async () => {
  for (const stop of stops) await stop();
});
beforeEach(() => {
  const sub = newId();
  provider.person = { sub, email: `${sub}@example.com`, email_verified: true, name: 'Ada Lovelace' };
});
afterEach(() => {
  provider.lies.clear();
  jest.restoreAllMocks();
});

interface Dance {
  url: URL;
  cookie: string;
}
async function begin(id = 'home'): Promise<Dance> {
  const { status, headers } = await door.send('GET', `/auth/oidc/${id}`);
  expect(status).toBe(302);
  return { url: new URL(headers.get('location') ?? ''), cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}
function comeBack({ url, cookie }: Dance, changes: Record<string, string | undefined> = {}, id = 'home') {
  const sent = { code: 'a-code', state: url.searchParams.get('state') ?? '', iss: provider.issuer, ...changes };
  const query = new URLSearchParams(
    Object.entries(sent).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return door.send('GET', `/auth/oidc/${id}/callback?${query.toString()}`, { cookie });
}
const tokens = (id_token: unknown, more: object = {}) => ({
  access_token: 'opaque',
  token_type: 'Bearer',
  expires_in: 300,
  id_token,
  ...more,
});
const honestly = async (dance: Dance): Promise<Lie> => {
  const idToken = await provider.sign(provider.claims(dance.url));
  return (response) => sendJson(response, tokens(idToken));
};

/** A sign-in whose answers of the provider are what `lie` says, else the truth. */
async function signIn(lie: (dance: Dance) => Promise<void> | void = () => undefined): Promise<Answered> {
  const dance = await begin();
  provider.lies.set('/token', await honestly(dance));
  await lie(dance);
  return comeBack(dance);
}

/** Nobody was let in, no account made; and told the truth the same provider signs the same person in. */
async function expectRefusal(answer: Answered, expected: object = REFUSED): Promise<void> {
  expect(answer).toMatchObject(expected);
  const made = await door.db.admin('SELECT id FROM identity.account WHERE email = $1', [provider.person['email']]);
  expect(made).toEqual([]);
  provider.lies.clear();
  expect((await signIn()).status).toBe(200);
}

describe('an honest provider', () => {
  it('gets one kind of question: a code for tokens, with the verifier of its challenge, at our exact address', async () => {
    const dance = await begin();
    provider.lies.set('/token', await honestly(dance));
    expect((await comeBack(dance)).status).toBe(200);
    expect(dance.url.searchParams.get('response_type')).toBe('code');
    expect(Object.fromEntries(provider.tokenRequest)).toEqual({
      grant_type: 'authorization_code',
      code: 'a-code',
      redirect_uri: `${door.url}/api/v1/auth/oidc/home/callback`,
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      client_id: LIAR.clientId,
      client_secret: LIAR.clientSecret,
    });
    expect(provider.isProven(dance.url)).toBe(true);
  });

  it('leaves no cookie behind at the end of the dance', async () => {
    const { status, headers } = await signIn();
    expect(status).toBe(200);
    expect(headers.get('set-cookie')).toBe('__Host-cc-sign-in=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax');
  });

  it('vouches for the people of its own: the same subject at another provider is somebody else', async () => {
    expect((await signIn()).status).toBe(200);
    other.person = { ...provider.person, email: `${newId()}@example.com` };
    const dance = await begin('other');
    const idToken = await other.sign(other.claims(dance.url));
    other.lies.set('/token', (response) => sendJson(response, tokens(idToken)));
    const answer = await comeBack(dance, { iss: other.issuer }, 'other');
    expect(answer).toMatchObject({ status: 200, body: { user: { email: other.person['email'] } } });
  });
});

describe('an id_token', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const FORGED: [name: string, forge: (claims: JWTPayload) => unknown][] = [
    ['that has expired', (claims) => provider.sign({ ...claims, iat: now() - 900, exp: now() - 600 })],
    ['that is not valid yet', (claims) => provider.sign({ ...claims, nbf: now() + 600 })],
    ['for another client', (claims) => provider.sign({ ...claims, aud: 'another-client' })],
    ['for two clients, issued to neither', (claims) => provider.sign({ ...claims, aud: [LIAR.clientId, 'another'] })],
    [
      'for two clients, issued to the other',
      (claims) => provider.sign({ ...claims, aud: [LIAR.clientId, 'another'], azp: 'another' }),
    ],
    ['for nobody', ({ aud: _aud, ...claims }) => provider.sign(claims)],
    [
      'of another provider, issuer and signature',
      ({ iss: _iss, ...claims }) => other.sign({ ...claims, iss: other.issuer }),
    ],
    ['of this provider with the signature of another', (claims) => other.sign(claims)],
    ['with the nonce of another dance', (claims) => provider.sign({ ...claims, nonce: 'x'.repeat(43) })],
    ['without a nonce', ({ nonce: _nonce, ...claims }) => provider.sign(claims)],
    ['without a subject', ({ sub: _sub, ...claims }) => provider.sign(claims)],
    ['nobody signed', (claims) => new UnsecuredJWT(claims).encode()],
    [
      'signed with the client secret',
      (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(LIAR.clientSecret)),
    ],
    [
      'signed with a key nobody published',
      async (claims) => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'unknown' }).sign(privateKey);
      },
    ],
    ['that is a number', () => 42],
    ['that is missing', () => undefined],
  ];
  it.each(FORGED)('%s signs nobody in', async (_name, forge) => {
    const answer = await signIn(async ({ url }) => {
      const forged = await forge(provider.claims(url));
      provider.lies.set('/token', (response) => sendJson(response, tokens(forged)));
    });
    await expectRefusal(answer);
  });

  it.each(['false', 'no', 0, undefined])('that says email_verified: %j makes no account', async (email_verified) => {
    provider.person = { ...provider.person, email_verified };
    expect(await signIn()).toMatchObject({ status: 403, body: { error: { code: 'EMAIL_NOT_VERIFIED' } } });
  });

  it('of a key that is new since is taken, and of one that is withdrawn no longer', async () => {
    expect((await signIn()).status).toBe(200);
    const old = await begin();
    provider.lies.set('/token', await honestly(old));
    await provider.rotate();
    // Keys may be kept for five minutes, and are asked for anew once a minute for one that is not among them.
    const at = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => at + 301_000);
    expect(await comeBack(old)).toMatchObject(REFUSED);
    expect((await signIn()).status).toBe(200);
  });
});

describe('a token endpoint', () => {
  const LIES: [name: string, lie: (idToken: string) => Lie, expected: object][] = [
    ['that refuses the code', () => (response) => sendJson(response, { error: 'invalid_grant' }, 400), REFUSED],
    ['that says an error with status 200', () => (response) => sendJson(response, { error: 'invalid_grant' }), REFUSED],
    ['that answers a page', () => html, REFUSED],
    ['that answers nothing', () => (response) => response.writeHead(200).end(), REFUSED],
    ['that answers a list', () => (response) => sendJson(response, []), REFUSED],
    [
      'that gives no access token',
      (idToken) => (response) => sendJson(response, tokens(idToken, { access_token: undefined })),
      REFUSED,
    ],
    [
      'that gives tokens of a type we do not know',
      (idToken) => (response) => sendJson(response, tokens(idToken, { token_type: 'mac' })),
      REFUSED,
    ],
    ['that is broken', () => broken, AWAY],
    ['that sends us elsewhere', () => elsewhere, AWAY],
    ['that answers a megabyte', () => endless, AWAY],
    ['that hangs', () => silent, AWAY],
    ['that hangs up', () => (response: ServerResponse) => response.destroy(), AWAY],
  ];
  it.each(LIES)('%s signs nobody in', async (_name, lie, expected) => {
    const answer = await signIn(async ({ url }) => {
      provider.lies.set('/token', lie(await provider.sign(provider.claims(url))));
    });
    await expectRefusal(answer, expected);
  });

  it('inside our own network, where a document sends us, is not asked', async () => {
    const token_endpoint = `${provider.issuer}/token`;
    inside.lies.set('/.well-known/openid-configuration', (response) =>
      sendJson(response, { ...inside.document, token_endpoint }),
    );
    const dance = await begin('inside');
    provider.asked.length = 0;
    expect(await comeBack(dance, { iss: inside.issuer }, 'inside')).toMatchObject(AWAY);
    expect(provider.asked).toEqual([]);
  });
});

describe('a userinfo endpoint', () => {
  const signInBare = (lie: Lie) =>
    signIn(async ({ url }) => {
      const { iss, aud, sub, nonce, iat, exp } = provider.claims(url);
      const idToken = await provider.sign({ iss, aud, sub, nonce, iat, exp });
      provider.lies.set('/token', (response) => sendJson(response, tokens(idToken)));
      provider.lies.set('/me', lie);
    });

  it('is asked where the id_token says no address', async () => {
    expect((await signInBare((response) => sendJson(response, provider.person))).status).toBe(200);
  });

  it.each<[string, (person: JWTPayload) => Lie, object]>([
    ['about another subject', (person) => (response) => sendJson(response, { ...person, sub: newId() }), REFUSED],
    [
      'about nobody',
      ({ sub: _sub, ...person }) =>
        (response) =>
          sendJson(response, person),
      REFUSED,
    ],
    ['with a page', () => html, REFUSED],
    ['with an error', () => broken, AWAY],
    ['with a redirect', () => elsewhere, AWAY],
  ])('that answers %s signs nobody in', async (_name, lie, expected) => {
    await expectRefusal(await signInBare(lie(provider.person)), expected);
  });
});

describe('a browser sent back', () => {
  it.each<[string, () => Record<string, string | undefined>]>([
    ['by another provider (mix-up)', () => ({ iss: other.issuer })],
    ['without the issuer its provider promises to name', () => ({ iss: undefined })],
    ['with an error beside the code', () => ({ error: 'access_denied' })],
    ['with tokens instead of a code (implicit flow)', () => ({ code: undefined, id_token: 'x', access_token: 'y' })],
  ])('%s is signed in as nobody, and the code goes nowhere', async (_name, changes) => {
    const dance = await begin();
    provider.lies.set('/token', await honestly(dance));
    [provider, other].forEach(({ asked }) => (asked.length = 0));
    const answer = await comeBack(dance, changes());
    expect([...provider.asked, ...other.asked]).toEqual([]);
    await expectRefusal(answer);
  });
});

describe('a browser sent to us with nonsense', () => {
  it('can still end the sign-in that it is in the middle of', async () => {
    const dance = await begin();
    const nonsense = await comeBack(dance, { state: 'A'.repeat(43) });
    expect(nonsense).toMatchObject(REFUSED);
    expect(nonsense.headers.get('set-cookie')).toBeNull();
    provider.lies.set('/token', await honestly(dance));
    expect((await comeBack(dance)).status).toBe(200);
  });
});

describe('a discovery document that', () => {
  it.each(DOCUMENTS.map(([name, lie], index) => ({ name, lie, index })))(
    '$name is not used',
    async ({ lie, index }) => {
      const one = documents[index];
      if (one === undefined) throw new Error('no such provider');
      one.lies.set('/.well-known/openid-configuration', lie(one));
      const answer = await door.send('GET', `/auth/oidc/document-${index}`);
      expect(answer).toMatchObject(AWAY);
      expect(answer.headers.get('set-cookie')).toBeNull();
    },
  );
});
