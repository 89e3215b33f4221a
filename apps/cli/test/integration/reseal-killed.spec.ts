import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { FieldCipher, type FieldPlace, generateFieldKey, parseFieldKeys } from '#platform';
import { createTestDatabase, type TestDatabase } from '#testing';
import { SCHEMAS } from '../../src/apps.js';

const entry = join(process.cwd(), 'dist/apps/cli/src/main.js');

/** More than one page of what is sealed anew. */
const MAILS = 700;
const WEBHOOKS = 20;
/** With both secrets of each webhook, and the key of the security history in another schema. */
const VALUES = 1 + 2 * WEBHOOKS + MAILS;

/** How many values each process has sealed anew when it is killed. */
const DEATHS = [1, 25, 100, 450];

interface Ended {
  signal: NodeJS.Signals | null;
  code: number | null;
  out: string;
}
interface Sealed {
  place: FieldPlace;
  plain: string;
}

describe('careercopilot reseal that is killed', () => {
  let db: TestDatabase;
  const [older, newer] = [generateFieldKey('older'), generateFieldKey('newer')];
  const both = new FieldCipher(parseFieldKeys(`${newer},${older}`));
  const planted: Sealed[] = [];

  beforeAll(async () => {
    if (!existsSync(entry)) throw new Error(`${entry} is missing; build first (make build)`);
    db = await createTestDatabase(SCHEMAS);
    await plant();
  });
  afterAll(() => db.drop());

  async function plant(): Promise<void> {
    const cipher = new FieldCipher(parseFieldKeys(older));
    const sealed = (table: string, column: string, owner: string): string => {
      const plain = `secret ${newId()}`;
      const place = { table, column, owner };
      planted.push({ place, plain });
      return cipher.encrypt(plain, place);
    };
    await db.admin(
      `INSERT INTO identity.audit_seal (id, number, sealed_at, unkeyed_until, heads, sum, mac, key_sealed)
       VALUES (1, 0, now(), now(), 0, '', '', $1)`,
      [sealed('identity.audit_seal', 'key_sealed', '1')],
    );
    const webhooks = Array.from({ length: WEBHOOKS }, () => newId());
    await db.admin(
      `INSERT INTO notifications.webhook
         (id, user_id, url, event_types, secret, previous_secret, previous_expires_at, created_at, updated_at)
       SELECT id, id, 'https://example.com', '{}', secret, previous, now(), now(), now()
       FROM unnest($1::uuid[], $2::text[], $3::text[]) AS w(id, secret, previous)`,
      [
        webhooks,
        webhooks.map((id) => sealed('notifications.webhook', 'secret', id)),
        webhooks.map((id) => sealed('notifications.webhook', 'previous_secret', id)),
      ],
    );
    const mails = Array.from({ length: MAILS }, () => newId());
    await db.admin(
      `INSERT INTO notifications.local_mail (id, kind, content, created_at)
       SELECT id, 'sign_in_code', content, now() FROM unnest($1::uuid[], $2::text[]) AS m(id, content)`,
      [mails, mails.map((id) => sealed('notifications.local_mail', 'content', id))],
    );
  }

  /** As an operator runs it. */
  const reseal = (fault?: string): Promise<Ended> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        DATABASE_ADMIN_URL: db.adminUrl,
        FIELD_KEYS: `${newer},${older}`,
        ...(fault === undefined ? {} : { FAULT: fault }),
      };
      const command = execFile(process.execPath, [entry, 'reseal'], { env }, (_error, out) => {
        resolve({ signal: command.signalCode, code: command.exitCode, out });
      });
    });

  /** Everything planted opens where it was planted. Answers how many values are under the new key. */
  async function opened(cipher: FieldCipher): Promise<number> {
    const values = new Map<string, string>();
    for (const [table, owner, column] of [
      ['identity.audit_seal', 'id', 'key_sealed'],
      ['notifications.webhook', 'id', 'secret'],
      ['notifications.webhook', 'id', 'previous_secret'],
      ['notifications.local_mail', 'id', 'content'],
    ] as const) {
      const rows = await db.admin<{ id: string; value: string }>(
        `SELECT ${owner}::text AS id, ${column} AS value FROM ${table}`,
      );
      for (const { id, value } of rows) values.set(`${table}.${column} ${id}`, value);
    }
    expect(values.size).toBe(VALUES);
    const found = planted.map(({ place, plain }) => {
      const value = values.get(`${place.table}.${place.column} ${place.owner}`) ?? '';
      expect(cipher.decrypt(value, place)).toBe(plain);
      return value;
    });
    return found.filter((value) => value.startsWith(cipher.prefix)).length;
  }

  it('leaves every value sealed under one of the two keys, and those it did are done', async () => {
    let done = 0;
    for (const hit of DEATHS) {
      expect(await reseal(`reseal.one_before_next:${hit}`)).toMatchObject({ signal: 'SIGKILL' });
      done += hit;
      expect(await opened(both)).toBe(done);
    }
    expect(done).toBeLessThan(VALUES);
  });

  it('and is repeated, by two at once, until nothing needs the old key', async () => {
    const ended = await Promise.all([reseal(), reseal()]);
    const renewed = ended.map(({ code, out }) => {
      expect([code, out]).toEqual([0, expect.stringContaining(' 0 could not be opened\n')]);
      return Number(/^(\d+) values sealed anew/m.exec(out)?.[1]);
    });
    // What one has done the other finds done: together each once.
    expect(renewed.reduce((sum, one) => sum + one, 0)).toBe(VALUES - DEATHS.reduce((sum, one) => sum + one, 0));
    expect(await opened(new FieldCipher(parseFieldKeys(newer)))).toBe(VALUES);
    expect((await reseal()).out).toContain('0 values sealed anew, 0 could not be opened\nkey older: seals nothing');
  });
});
