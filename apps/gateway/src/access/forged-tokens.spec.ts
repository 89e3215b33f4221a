import 'reflect-metadata';
import { createHmac, createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
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

/** Answers as identity would; counts how often it is asked for keys. */
class Identity extends RpcClient {
  asked = 0;
  keys: unknown[] = [key.jwk, rsa.jwk, { kty: 'oct', k: 'c2VjcmV0', kid: 'shared', alg: 'HS256' }];
  override async call<T>(contract: { subject: string }): Promise<T> {
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
  ['a key id that is a number', () => `${encode(header({ kid: 7 }))}.${encode(mine)}.${parts(good())[2]}`],
  ['no key id', () => `${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode(mine)}.${parts(good())[2]}`],
  ['jku to a stranger', () => sign(stranger, mine, { jku: 'https://evil.example/jwks.json' })],
  ['x5u to a stranger', () => sign(stranger, mine, { x5u: 'https://evil.example/cert.pem' })],
  ['its own key in the header', () => sign(stranger, mine, { jwk: stranger.jwk })],
  ['its own certificate in the header', () => sign(stranger, mine, { x5c: ['MIIB'] })],
  ['a critical extension we do not know', () => signedHeader({ crit: ['b64'], b64: false })],
  ['the type of an ordinary JWT', () => signedHeader({ typ: 'JWT' })],
  ['the type of a refresh token', () => signedHeader({ typ: 'rt+jwt' })],
  ['no type', () => signedHeader({ typ: undefined })],
  ['another issuer', () => sign(key, claimsOf(who, { iss: 'https://evil.example' }))],
  ['no issuer', () => sign(key, without('iss'))],
  ['another audience', () => sign(key, claimsOf(who, { aud: 'another-api' }))],
  [
    'a list of audiences with ours in it',
    () => sign(key, claimsOf(who, { aud: ['another-api', 'career-copilot-api'] })),
  ],
  ['no expiry', () => sign(key, without('exp'))],
  ['an expiry that is text', () => `${parts(good())[0]}.${encode({ ...mine, exp: '9999999999' })}.${parts(good())[2]}`],
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
  [
    'a claim given twice',
    () => {
      const twice = encode(`{"sub":"${who.userId}","sub":"${newId()}","roles":["admin"]}`);
      return `${parts(good())[0]}.${twice}.${parts(good())[2]}`;
    },
  ],
  [
    'a header member given twice',
    () => {
      const twice = encode(`{"alg":"ES256","alg":"none","typ":"at+jwt","kid":"${key.kid}"}`);
      return `${twice}.${encode(mine)}.${parts(good())[2]}`;
    },
  ],
  ['four parts', () => `${good()}.${parts(good())[2]}`],
  ['two parts', () => parts(good()).slice(0, 2).join('.')],
  ['an encrypted token’s five parts', () => 'a.b.c.d.e'],
  ['padding', () => `${parts(good())[0]}=.${parts(good())[1]}.${parts(good())[2]}`],
  ['a signature of zeros', () => `${parts(good())[0]}.${parts(good())[1]}.${Buffer.alloc(64).toString('base64url')}`],
  ['a DER signature', () => `${parts(good())[0]}.${parts(good())[1]}.MEUCIQDx`],
  ['a header of 100 kB', () => signedHeader({ kid: 'k'.repeat(100_000) })],
  ['claims of 100 kB', () => sign(key, claimsOf(who, { jti: 'j'.repeat(100_000) }))],
  ['an opaque refresh token', () => 'rt_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ['nothing', () => ''],
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
    expect([await outcome(good()), await outcome(sign(rsa, claimsOf(who)))]).toEqual(['accepted', 'accepted']);
  });

  it.each(FORGED)('with %s are refused', async (_name, make) => {
    const token = make();
    expect(await outcome(token)).toBe('UNAUTHENTICATED');
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
