import 'reflect-metadata';
import { createHmac, createPublicKey, randomBytes, sign as signBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { listRevocations, listSigningKeys } from '#contracts';
import { AppError, newId, systemClock } from '#kernel';
import { RpcClient } from '#messaging';
import { Logger, readSettings } from '#platform';
import { claimsOf, makeKey, nowSeconds, person, sign, type TestKey, tokenFor } from '../../test/support/tokens.js';
import { gatewaySettings } from '../config.js';
import { AccessTokens } from './access-tokens.service.js';
import { Revocations } from './revocations.js';
import { SigningKeys } from './signing-keys.js';

const key = makeKey('ES256');
const rsa = makeKey('RS256');
const stranger = makeKey('ES256', key.kid);
const who = person();

/** Answers as identity would; counts how often it is asked for keys, and for anything. */
class Identity extends RpcClient {
  asked = 0;
  questions = 0;
  keys: unknown[] = [key.jwk, rsa.jwk, { kty: 'oct', k: 'c2VjcmV0', kid: 'shared', alg: 'HS256' }];
  override async call<T>(contract: { subject: string }): Promise<T> {
    this.questions++;
    if (contract.subject === listRevocations.subject) return JSON.parse('{"sessions":[],"users":[]}');
    if (contract.subject !== listSigningKeys.subject) throw new Error(contract.subject);
    this.asked++;
    return JSON.parse(JSON.stringify({ keys: this.keys }));
  }
  override async callRaw(): Promise<Uint8Array> {
    throw new Error('not asked here');
  }
}

const identity = new Identity();
const logger = Logger.create({ service: 'test', level: 'silent', format: 'json' });
const bus = { subscribe: async () => async () => undefined, onConnected: () => undefined };
const keys = new SigningKeys(identity, systemClock, logger);
const revocations = new Revocations(identity, bus, systemClock, logger);
const tokens = new AccessTokens(keys, revocations, systemClock, readSettings(gatewaySettings, {}));

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const header = (more: Record<string, unknown> = {}) => ({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...more });
/** Signed with HMAC over whatever is given as the secret. */
const hmac = (head: unknown, claims: unknown, secret: string | Buffer): string => {
  const text = `${encode(head)}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
};
/** Our own signature over what no library would sign: only what it says can be the reason to refuse it. */
const ours = (head: unknown, claims: unknown): string => {
  const text = `${encode(head)}.${encode(claims)}`;
  const signature = signBytes('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
};
const pem = createPublicKey({ key: key.publicKey.export({ format: 'jwk' }), format: 'jwk' })
  .export({ type: 'spki', format: 'pem' })
  .toString();
const good = (): string => tokenFor(key, who);
const parts = (token: string): [string, string, string] => {
  const [a = '', b = '', c = ''] = token.split('.');
  return [a, b, c];
};
const mine = claimsOf(who);
const signedHeader = (more: Record<string, unknown>, by: TestKey = key): string => sign(by, mine, more);
const secret = (): string => randomBytes(32).toString('base64url');
const typed = (purpose: string): string => signedHeader({ typ: `${purpose}+jwt` });
const without = (name: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(claimsOf(who)).filter(([claim]) => claim !== name));

const FORGED: [name: string, token: () => string][] = [
  ['no algorithm', () => `${encode(header({ alg: 'none' }))}.${encode(mine)}.`],
  ['no algorithm in capitals', () => `${encode(header({ alg: 'NONE' }))}.${encode(mine)}.`],
  [
    'no algorithm with an old signature',
    () => `${encode(header({ alg: 'none' }))}.${encode(mine)}.${parts(good())[2]}`,
  ],
  ['no signature', () => `${parts(good())[0]}.${parts(good())[1]}.`],
  ['HS256 with the public key as secret', () => hmac(header({ alg: 'HS256' }), mine, pem)],
  ['HS256 with the public key under its own algorithm', () => hmac(header(), mine, pem)],
  ['HS256 with an empty secret', () => hmac(header({ alg: 'HS256' }), mine, '')],
  [
    'HS256 with a symmetric key that was published',
    () => hmac(header({ alg: 'HS256', kid: 'shared' }), mine, 'secret'),
  ],
  ['ES384', () => `${encode(header({ alg: 'ES384' }))}.${encode(mine)}.${parts(good())[2]}`],
  ['PS256', () => `${encode(header({ alg: 'PS256', kid: rsa.kid }))}.${encode(mine)}.${parts(good())[2]}`],
  ['RS256 named over an ES256 key', () => `${encode(header({ alg: 'RS256' }))}.${encode(mine)}.${parts(good())[2]}`],
  [
    'ES256 named over an RS256 key',
    () => `${encode(header({ kid: rsa.kid }))}.${encode(mine)}.${parts(sign(rsa, mine))[2]}`,
  ],
  ['a stranger’s key under our key id', () => sign(stranger, mine)],
  ['an unknown key id', () => signedHeader({ kid: newId() })],
  ['a key id that is a path', () => signedHeader({ kid: '../../../../dev/null' })],
  ['a key id that is SQL', () => signedHeader({ kid: "x' UNION SELECT 'secret" })],
  ['a key id that is a number', () => ours(header({ kid: 7 }), mine)],
  ['no key id', () => ours({ alg: 'ES256', typ: 'at+jwt' }, mine)],
  ['jku to a stranger', () => sign(stranger, mine, { jku: 'https://evil.example/jwks.json' })],
  ['x5u to a stranger', () => sign(stranger, mine, { x5u: 'https://evil.example/cert.pem' })],
  ['its own key in the header', () => sign(stranger, mine, { jwk: stranger.jwk })],
  ['its own certificate in the header', () => sign(stranger, mine, { x5c: ['MIIB'] })],
  ['a critical extension we do not know', () => signedHeader({ crit: ['b64'], b64: false })],
  ['the type of an ordinary JWT', () => signedHeader({ typ: 'JWT' })],

  ['no type', () => signedHeader({ typ: undefined })],
  ['another issuer', () => sign(key, claimsOf(who, { iss: 'https://evil.example' }))],
  ['no issuer', () => sign(key, without('iss'))],
  ['another audience', () => sign(key, claimsOf(who, { aud: 'another-api' }))],
  [
    'a list of audiences with ours in it',
    () => sign(key, claimsOf(who, { aud: ['another-api', 'career-copilot-api'] })),
  ],
  ['no expiry', () => sign(key, without('exp'))],
  ['an expiry that is text', () => ours(header(), { ...mine, exp: '9999999999' })],
  ['not valid yet', () => sign(key, claimsOf(who, { nbf: nowSeconds() + 600 }))],
  ['issued in the future', () => sign(key, claimsOf(who, { iat: nowSeconds() + 600, exp: nowSeconds() + 1200 }))],
  ['a role nobody has', () => sign(key, claimsOf(who, { roles: ['root'] }))],
  ['no roles', () => sign(key, claimsOf(who, { roles: [] }))],
  ['a subject that is no id', () => sign(key, claimsOf(who, { sub: '1 OR 1=1' }))],
  ['no session', () => sign(key, without('sid'))],
  [
    'an admin by changed claims',
    () => `${parts(good())[0]}.${encode({ ...mine, roles: ['admin'] })}.${parts(good())[2]}`,
  ],
  ['a claim given twice', () => ours(header(), `{"sub":"${newId()}",${JSON.stringify(mine).slice(1)}`)],
  ['a header member given twice', () => ours(`{"alg":"none",${JSON.stringify(header()).slice(1)}`, mine)],
  ['four parts', () => `${good()}.${parts(good())[2]}`],
  ['two parts', () => parts(good()).slice(0, 2).join('.')],
  ['an encrypted token’s five parts', () => 'a.b.c.d.e'],
  ['padding', () => `${parts(good())[0]}=.${parts(good())[1]}.${parts(good())[2]}`],
  ['a signature of zeros', () => `${parts(good())[0]}.${parts(good())[1]}.${Buffer.alloc(64).toString('base64url')}`],
  ['a DER signature', () => `${parts(good())[0]}.${parts(good())[1]}.MEUCIQDx`],
  ['a header of 100 kB', () => signedHeader({ kid: 'k'.repeat(100_000) })],
  ['claims of 100 kB', () => sign(key, claimsOf(who, { jti: 'j'.repeat(100_000) }))],
  ['nothing', () => ''],
  // What we give out for other purposes, in the form it has, and as a token of ours would look if it were one.
  ['a refresh token', () => `ccrt_${secret()}`],
  ['the secret of a mail, a link to undo an erasure or a download', secret],
  ['the token of a sign-in that awaits its second factor', () => `ccst_${secret()}`],
  ['a ticket of the live socket', () => `${newId()}.${randomBytes(24).toString('base64url')}`],
  ...['refresh', 'verify-email', 'reset-password', 'undo-erasure', 'unsubscribe', 'mfa', 'ws-ticket', 'id'].map(
    (purpose): [string, () => string] => [`our signature under the type of ${purpose}`, () => typed(purpose)],
  ),
];

const outcome = async (token: string): Promise<string> => {
  try {
    await tokens.verify(token);
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('access tokens', () => {
  beforeAll(async () => {
    await outcome(good());
  });

  it('of ours are accepted, with either algorithm', async () => {
    const genuine = [good(), sign(rsa, claimsOf(who)), ours(header(), mine)];
    expect(await Promise.all(genuine.map(outcome))).toEqual(['accepted', 'accepted', 'accepted']);
  });

  it.each(FORGED)('with %s are refused', async (_name, make) => {
    const token = make();
    expect(await outcome(token)).toBe('UNAUTHENTICATED');
  });

  it('that are forged open no connection and ask nobody, but for the list of keys once in five seconds', async () => {
    const connect = jest.spyOn(Socket.prototype, 'connect');
    await keys.refresh();
    const [before, asked] = [identity.questions, identity.asked];
    for (const [, make] of FORGED) await outcome(make());
    expect(identity.questions - before).toBe(identity.asked - asked);
    expect(identity.asked - asked).toBeLessThanOrEqual(1);
    expect(connect).not.toHaveBeenCalled();
    connect.mockRestore();
  });

  it('that are ours but expired say so', async () => {
    expect(await outcome(sign(key, claimsOf(who, { exp: nowSeconds() - 1 })))).toBe('TOKEN_EXPIRED');
  });

  it('with made-up key ids do not become questions to identity', async () => {
    const before = identity.asked;
    await Promise.all(Array.from({ length: 200 }, () => outcome(signedHeader({ kid: newId() }))));
    expect(identity.asked - before).toBeLessThanOrEqual(1);
  });

  it('checked before answer without waiting', async () => {
    const token = good();
    await tokens.verify(token);
    expect(tokens.verify(token)).not.toBeInstanceOf(Promise);
  });

  it('stop counting when their key is withdrawn', async () => {
    const gone = makeKey('ES256');
    identity.keys.push(gone.jwk);
    await keys.refresh();
    const token = tokenFor(gone, who);
    expect(await outcome(token)).toBe('accepted');
    identity.keys.pop();
    await keys.refresh();
    expect(await outcome(token)).toBe('UNAUTHENTICATED');
  });
});
