import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '#contracts';
import type { SchemaOwner } from '#persistence';
import { generateFieldKey } from '#platform';

/** What this installation must keep secret and the same over restarts; made once, file mode 0600. */
export interface Secrets {
  identityKey: string;
  /** FIELD_KEYS of the services that encrypt single values. */
  fieldKeys: string;
  databasePasswords: Record<SchemaOwner, string>;
}

const OWNERS: readonly SchemaOwner[] = [...SERVICES, 'bus'];
const random = (): string => randomBytes(32).toString('base64url');
const newFieldKeys = (): string => generateFieldKey('1');

export const makeSecrets = () => ({
  identityKey: random(),
  fieldKeys: newFieldKeys(),
  databasePasswords: Object.fromEntries(OWNERS.map((owner) => [owner, random()])),
});

export function loadSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true });
    write(path, makeSecrets());
  }
  const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (isSecrets(stored)) return stored;
  // Installations older than the field keys have encrypted nothing with them yet: they get theirs now.
  const extended: unknown = lacksFieldKeys(stored) ? { ...stored, fieldKeys: newFieldKeys() } : stored;
  if (!isSecrets(extended)) {
    throw new Error(`${path} is not complete. Restore it from a backup; without it the stored data cannot be read.`);
  }
  write(path, extended);
  return extended;
}

/** Written whole or not at all: half a file would lock us out of our own data. */
function write(path: string, secrets: object): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const lacksFieldKeys = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('fieldKeys' in value);

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== 'object' || value === null) return false;
  const { identityKey, fieldKeys, databasePasswords } = value as Partial<Secrets>;
  return (
    typeof identityKey === 'string' &&
    typeof fieldKeys === 'string' &&
    typeof databasePasswords === 'object' &&
    OWNERS.every((owner) => typeof databasePasswords[owner] === 'string')
  );
}
