import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TEST_FIELD_KEYS } from '#testing';

const entry = join(process.cwd(), 'dist/apps/identity/src/main.js');

/** Exit code and words of a start that fails before anything is reached. */
function start(env: Record<string, string>): { code: number | null; said: string } {
  if (!existsSync(entry)) throw new Error(`${entry} is missing; build first (make build)`);
  const { status, stderr } = spawnSync(process.execPath, [entry], {
    encoding: 'utf8',
    timeout: 25_000,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing',
      IDENTITY_KEY_SECRET: 'a secret that only this test suite knows',
      FIELD_KEYS: TEST_FIELD_KEYS,
      ...env,
    },
  });
  return { code: status, said: stderr };
}

describe('identity', () => {
  it('does not start with files on a disk that its replicas do not share, and says what to do', () => {
    const { code, said } = start({ REPLICAS_MAX: '3' });
    expect([code, said]).toEqual([78, expect.stringContaining('disk, with REPLICAS_MAX=3')]);
    for (const way of ['FILE_STORE=s3', 'REPLICAS_MAX=1', 'FILE_STORE_SHARED=true']) expect(said).toContain(way);
  });

  it('does not start with a bucket that has no name or half a key', () => {
    const { code, said } = start({ FILE_STORE: 's3', S3_ACCESS_KEY_ID: 'somebody' });
    expect(code).toBe(78);
    expect(said).toContain('1. S3_BUCKET');
    expect(said).toContain('2. S3_SECRET_ACCESS_KEY');
  });
});
