import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const entry = join(process.cwd(), 'dist/apps/standalone/src/main.js');

let folder: string;
beforeAll(async () => {
  if (!existsSync(entry)) throw new Error(`${entry} is missing; build first (make build)`);
  folder = await mkdtemp(join(tmpdir(), 'career-bad-start-'));
});
afterAll(() => rm(folder, { recursive: true }));

function start(env: Record<string, string>): { code: number | null; out: string; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry], {
    encoding: 'utf8',
    timeout: 25_000,
    env: { PATH: process.env.PATH, DATA_DIR: join(folder, 'data'), ...env },
  });
  return { code: status, out: stdout, said: stderr };
}

describe('a start of the whole platform with bad settings', () => {
  it('says all that is wrong in one list, whichever app reads it, exits with 78 and has made nothing', () => {
    const { code, out, said } = start({
      API_PORT: 'x',
      DATABASE_POOL_SIZE: 'many',
      JWT_ALGORITHM: 'foo',
      PASSKEY_RP_ID: 'a b',
      FILE_STORE: 's3',
      CAPTCHA_SECRET: 'nobody knows it',
      FIELD_KEYS: 'short',
      WEBHOOK_DISABLE_AFTER: 'never',
      JWT_ISSUR: 'me',
    });
    expect([code, out]).toEqual([78, '']);
    expect(said).toMatch(/^Cannot start: 8 settings cannot be used\./);
    const named = [...said.matchAll(/^\d+\. (\w+)$/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(
      new Set([
        'API_PORT',
        'DATABASE_POOL_SIZE',
        'JWT_ALGORITHM',
        'PASSKEY_RP_ID',
        'S3_BUCKET',
        'CAPTCHA_VERIFY_URL',
        'FIELD_KEYS',
        'WEBHOOK_DISABLE_AFTER',
      ]),
    );
    expect(named).toHaveLength(8);
    expect(said).toContain('warning: JWT_ISSUR is not a setting and is ignored. Did you mean JWT_ISSUER?');
    expect(said).not.toMatch(/^\s+at /m);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});
