import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '#contracts';
import type { SchemaOwner } from '#persistence';

/** What this installation must keep secret and the same over restarts; made once, file mode 0600. */
export interface Secrets {
  identityKey: string;
  databasePasswords: Record<SchemaOwner, string>;
}

const OWNERS: readonly SchemaOwner[] = [...SERVICES, 'bus'];
const random = (): string => randomBytes(32).toString('base64url');

export function loadSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  if (existsSync(path)) return readSecrets(path);
  mkdirSync(dataDir, { recursive: true });
  const passwords = Object.fromEntries(OWNERS.map((owner) => [owner, random()]));
  const fresh = { identityKey: random(), databasePasswords: passwords };
  // Written whole or not at all: half a file would lock us out of our own data.
  writeFileSync(`${path}.new`, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return readSecrets(path);
}

function readSecrets(path: string): Secrets {
  const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isSecrets(stored)) {
    throw new Error(`${path} is not complete. Restore it from a backup; without it the stored data cannot be read.`);
  }
  return stored;
}

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== 'object' || value === null) return false;
  const { identityKey, databasePasswords } = value as Partial<Secrets>;
  return (
    typeof identityKey === 'string' &&
    typeof databasePasswords === 'object' &&
    OWNERS.every((owner) => typeof databasePasswords[owner] === 'string')
  );
}
