import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OwnerService } from '../../identity/src/index.js';
import type { RunningApp } from '#platform';

export interface Owner {
  email: string;
  /** File with the one-time password, while it is there. */
  passwordFile?: string;
  /** Only in the start that made it. */
  oneTimePassword?: string;
}

/** Creates the owner at the first start and keeps the one-time password in a file only this user can read. */
export async function ensureOwner(app: RunningApp, dataDir: string): Promise<Owner> {
  const passwordFile = join(dataDir, 'owner-password');
  const result = await app.app.get(OwnerService, { strict: false }).createOwner({
    // Before the account exists: a crash in between leaves a useless file, not an account nobody can enter.
    keep: (password) => {
      writeFileSync(`${passwordFile}.new`, `${password}\n`, { mode: 0o600 });
      renameSync(`${passwordFile}.new`, passwordFile);
    },
  });
  return {
    email: result.email,
    ...(existsSync(passwordFile) ? { passwordFile } : {}),
    ...(result.created && result.oneTimePassword !== undefined ? { oneTimePassword: result.oneTimePassword } : {}),
  };
}
