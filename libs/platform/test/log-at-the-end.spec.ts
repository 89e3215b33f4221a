import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** The compiled library, in a process of its own: how a process ends cannot be tried within the one that tests. */
const library = join(process.cwd(), 'dist/libs/platform/src/index.js');
const folder = mkdtempSync(join(tmpdir(), 'log-end-'));

describe('the last lines of a process', () => {
  beforeAll(() => {
    if (!existsSync(library)) throw new Error('dist is missing: run `npm run build` first');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['ends by itself', '', 0],
    ['is ended', 'process.exit(3)', 3],
    ['breaks', 'throw new Error("broken")', 1],
    ['breaks in a promise', 'void Promise.reject(new Error("broken"))', 1],
  ])('are in the file of one that %s', (how, end, code) => {
    const file = join(folder, `${how}.log`);
    const script = `
      import { Logger } from ${JSON.stringify(pathToFileURL(library).href)};
      const options = { service: 'identity', level: 'info', format: 'json', file: ${JSON.stringify(file)} };
      Logger.create(options).info('first log');
      Logger.create(options).info('second log');
      ${end}`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(status).toBe(code);
    expect(readFileSync(file, 'utf8')).toMatch(/first log[^]*second log/);
  });
});
