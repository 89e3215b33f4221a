import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseFieldKeys } from '#platform';
import { loadSecrets } from './secrets.js';

let folder: string;
const path = (): string => join(folder, 'secrets.json');
const stored = (): Record<string, unknown> => JSON.parse(readFileSync(path(), 'utf8')) as Record<string, unknown>;
const store = (secrets: object): void => writeFileSync(path(), JSON.stringify(secrets));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'career-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the secrets of an installation', () => {
  it('are made once, readable by their owner alone, and stay the same', () => {
    const made = loadSecrets(folder);
    expect(parseFieldKeys(made.fieldKeys).size).toBe(1);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(loadSecrets(folder)).toEqual(made);
  });

  it('of an installation older than the field keys get them, and keep everything else', () => {
    const { identityKey, databasePasswords } = loadSecrets(folder);
    const older = { identityKey, databasePasswords };
    store(older);
    const extended = loadSecrets(folder);
    expect(extended).toEqual({ ...older, fieldKeys: extended.fieldKeys });
    expect(stored()).toEqual(extended);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it.each(['identityKey', 'databasePasswords'])('without %s are refused and left as they are', (name) => {
    const broken = { ...loadSecrets(folder), [name]: undefined };
    store(broken);
    expect(() => loadSecrets(folder)).toThrow('Restore it from a backup');
    expect(stored()).toEqual({ ...broken });
  });

  it('with field keys that are no text are refused', () => {
    store({ ...loadSecrets(folder), fieldKeys: null });
    expect(() => loadSecrets(folder)).toThrow('Restore it from a backup');
  });
});
