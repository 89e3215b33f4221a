import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createApiKey,
  enableTotp,
  listSigningKeys,
  requestErasure,
  sendSignInCode,
  setUpTotp,
  signIn,
  verifyAudit,
} from '#contracts';
import { type Queryable, reseal } from '#persistence';
import { FieldCipher, type FieldPlace, generateFieldKey, parseFieldKeys } from '#platform';
import { TEST_FIELD_KEYS } from '#testing';
import { identitySchema } from '../../src/index.js';
import { IdentitySecrets } from '../../src/secrets/identity-secrets.js';
import { SigningKeysService } from '../../src/signing-keys/signing-keys.service.js';
import { Authenticator } from '../support/authenticator.js';
import { type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';

const SEALED = /v1\.[a-z0-9-]{1,16}\.[\w-]{38,}/;
const sealedColumns = identitySchema.sealed ?? [];
const placeOf = (column: (typeof sealedColumns)[number], owner: string): FieldPlace => ({
  table: column.boundTo ?? `identity.${column.table}`,
  column: column.column,
  owner,
});

describe('secrets at rest', () => {
  let app: IdentityApp;
  let somebody: SignedIn;
  const planted = new Map<string, string>();
  let totpSecret: string;
  beforeAll(async () => {
    app = await startIdentity();
    somebody = await app.register();
    await app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [somebody.user.id]);
    const { secret } = await app.ask(setUpTotp, { current_password: PASSWORD }, somebody.context);
    totpSecret = secret;
    const authenticator = new Authenticator(secret, app.clock);
    const { recovery_codes: codes } = await app.ask(enableTotp, { code: authenticator.code() }, somebody.context);
    const { key } = await app.ask(createApiKey, { name: 'k', scopes: ['read:jobs'] }, somebody.context);
    const step = await app.ask(signIn, { email: somebody.email, password: PASSWORD });
    if (!('mfa_required' in step)) throw new Error('no second factor was asked for');
    const unknown = 'nobody-yet@example.com';
    await app.ask(sendSignInCode, { email: unknown });
    const [letter] = await app.letters(unknown);
    const leaving = await app.register();
    await app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [leaving.user.id]);
    const receipt = await app.ask(requestErasure, { password: PASSWORD }, leaving.context);
    for (const [what, text] of Object.entries({
      password: PASSWORD,
      'TOTP secret': secret,
      'recovery code': codes[0] ?? '',
      'recovery code without dashes': (codes[0] ?? '').replaceAll('-', ''),
      'API key': key,
      'refresh token': somebody.tokens.refresh_token,
      'access token': somebody.tokens.access_token,
      'token of the second step': step.mfa_token,
      'code by mail': letter?.values['code'] ?? '',
      'secret of a certificate': receipt.certificate_secret,
    })) {
      expect([what, text.length]).toEqual([what, expect.any(Number)]);
      expect(text).not.toBe('');
      planted.set(what, text);
    }
  }, 60_000);
  afterAll(() => app.stop());

  /** Every row of every table as the database itself writes it. */
  const dump = async (): Promise<{ table: string; text: string }[]> => {
    const tables = await app.db.admin<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'identity' ORDER BY 1`,
    );
    const rows = await Promise.all(
      tables.map(async ({ name }) => {
        const found = await app.db.admin<{ text: string }>(
          `SELECT row_to_json(t)::text AS text FROM identity.${name} t`,
        );
        return found.map(({ text }) => ({ table: name, text }));
      }),
    );
    return rows.flat();
  };

  it('stand in a dump of the whole database neither as text nor in bytes', async () => {
    const rows = await dump();
    expect(rows.length).toBeGreaterThan(20);
    const hits = [...planted].flatMap(([what, secret]) =>
      // Six digits are in many numbers by chance: between quotes they would be the code.
      [what === 'code by mail' ? `"${secret}"` : secret, hex(secret), Buffer.from(secret).toString('base64')].flatMap(
        (form) => rows.filter(({ text }) => text.includes(form)).map(({ table }) => `${what} in ${table}`),
      ),
    );
    expect(hits).toEqual([]);
    for (const { text } of rows) expect(text).not.toContain('PRIVATE KEY');
  });

  it('that are sealed lie in columns that can be sealed anew, or are gone soon', async () => {
    const declared = new Set(sealedColumns.map(({ table, column }) => `${table}.${column}`));
    // What waits to be sent is a copy; the delivery it becomes is sealed anew.
    const others = new Set<string>();
    for (const { table, text } of await dump()) {
      for (const [column, value] of Object.entries(JSON.parse(text) as object)) {
        const isSealed = SEALED.test(JSON.stringify(value) ?? '');
        if (isSealed && !declared.has(`${table}.${column}`)) others.add(`${table}.${column}`);
      }
    }
    expect([...others]).toEqual(['outbox.payload']);
    for (const { owner, goneWithin } of sealedColumns) expect(owner === undefined).toBe(goneWithin !== undefined);
  });

  it('cannot be read from another row or another column', async () => {
    const { database } = await app.db.open(identitySchema);
    const cipher = new FieldCipher(parseFieldKeys(TEST_FIELD_KEYS));
    const values = await everySealed(database);
    expect(values.length).toBeGreaterThanOrEqual(4);
    for (const one of values) {
      expect(cipher.decrypt(one.value, one.place)).not.toBe('');
      for (const other of values) {
        if (other !== one) expect(() => cipher.decrypt(one.value, other.place)).toThrow('changed, moved');
      }
    }
  });

  it('are sealed anew however often that is killed, and the old key can be dropped then', async () => {
    await app.get(SigningKeysService).rotateNow();
    const { database } = await app.db.open(identitySchema);
    const oldCipher = new FieldCipher(parseFieldKeys(TEST_FIELD_KEYS));
    const before = (await everySealed(database)).map(({ value, place }) => oldCipher.decrypt(value, place));
    const key = generateFieldKey('next');
    const both = new FieldCipher(parseFieldKeys(`${key},${TEST_FIELD_KEYS}`));
    let kills = 0;
    let report: Awaited<ReturnType<typeof reseal>> | undefined;
    for (let statements = 1; report === undefined; statements += 1) {
      try {
        report = await reseal(dyingAfter(database, statements), both, identitySchema);
      } catch (error) {
        expect(error).toEqual(new Error('killed'));
        kills += 1;
        // Whatever was done so far, everything reads with both keys.
        const now = (await everySealed(database)).map(({ value, place }) => both.decrypt(value, place));
        expect(now).toEqual(before);
      }
    }
    expect(kills).toBeGreaterThan(5);
    expect(report.unreadable).toBe(0);
    const left = report.under.filter(({ keyId }) => keyId !== 'next');
    expect(left.filter(({ goneWithin }) => goneWithin === undefined)).toEqual([]);

    const alone = new FieldCipher(parseFieldKeys(key));
    expect((await everySealed(database)).map(({ value, place }) => alone.decrypt(value, place))).toEqual(before);
    expect(before).toContain(totpSecret);
  });

  it('of a key that is gone are counted and keep nobody else under the old key', async () => {
    const { database } = await app.db.open(identitySchema);
    const lost = new FieldCipher(parseFieldKeys(generateFieldKey('lost')));
    const place = { table: 'identity.totp_factor', column: 'secret_sealed', owner: somebody.user.id };
    const [kept] = await app.db.admin<{ value: string }>(
      'SELECT secret_sealed AS value FROM identity.totp_factor WHERE user_id = $1',
      [somebody.user.id],
    );
    const put = (value: string) =>
      app.db.admin('UPDATE identity.totp_factor SET secret_sealed = $2 WHERE user_id = $1', [somebody.user.id, value]);
    await put(lost.encrypt('x', place));
    const keys = parseFieldKeys(`${generateFieldKey('third')},${TEST_FIELD_KEYS}`);
    const { unreadable } = await reseal(database, new FieldCipher(keys), {
      ...identitySchema,
      sealed: sealedColumns.filter(({ table }) => table === 'totp_factor'),
    });
    expect(unreadable).toBe(1);
    await put(kept?.value ?? '');
  });

  async function everySealed(db: Queryable): Promise<{ value: string; place: FieldPlace }[]> {
    const values: { value: string; place: FieldPlace }[] = [];
    for (const column of sealedColumns) {
      if (column.owner === undefined) continue;
      const rows = await db.query<{ owner: string; value: string }>(
        'test',
        `SELECT ${column.owner}::text AS owner, ${column.column} AS value FROM ${column.table}
         WHERE ${column.column} IS NOT NULL ORDER BY 1`,
      );
      values.push(...rows.map(({ owner, value }) => ({ value, place: placeOf(column, owner) })));
    }
    return values;
  }
});

describe('another IDENTITY_KEY_SECRET', () => {
  it('takes nothing away: sign-ins, signing keys and the audit log go on', async () => {
    const app = await startIdentity();
    const who = await app.register({ roles: ['user', 'admin'] });
    const kids = async (one: IdentityApp) => (await one.ask(listSigningKeys, {})).keys.map((key) => String(key['kid']));
    const kid = String((await kids(app))[0]);
    // As it was sealed before field keys did that.
    const cipher = app.get(FieldCipher);
    const place = { table: 'signing_key', column: 'private_key_sealed', owner: kid };
    const { database } = await app.db.open(identitySchema);
    const [row] = await database.query<{ sealed: string }>(
      'test',
      'SELECT private_key_sealed AS sealed FROM signing_key',
    );
    const former = new FieldCipher(new Map([app.get(IdentitySecrets).formerSealKey]));
    await database.query('test', 'UPDATE signing_key SET private_key_sealed = $1', [
      former.encrypt(cipher.decrypt(row?.sealed ?? '', place), place),
    ]);
    expect((await reseal(database, cipher, identitySchema)).renewed).toBe(1);

    const again = await startIdentity({ IDENTITY_KEY_SECRET: 'another secret that only this test knows' }, app.db);
    try {
      expect(await kids(again)).toEqual([kid]);
      await expect(again.signIn(who.email, who.password)).resolves.toBeDefined();
      expect((await again.ask(verifyAudit, {}, who.context)).findings).toEqual([]);
    } finally {
      await again.stop();
      await app.stop();
    }
  });
});

const hex = (text: string): string => Buffer.from(text).toString('hex');

/** As a process that is killed before its n-th statement. */
function dyingAfter(db: Queryable, statements: number): Queryable {
  let run = 0;
  return {
    query: (name, sql, parameters) => {
      run += 1;
      return run > statements ? Promise.reject(new Error('killed')) : db.query(name, sql, parameters);
    },
  };
}
