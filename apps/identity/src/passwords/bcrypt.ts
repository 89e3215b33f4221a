import { verify } from '@node-rs/bcrypt';
import { canonicalBcrypt } from './domain/bcrypt-format.js';

/** bcrypt reads no more of a password; what comes behind counts again once it is hashed anew. */
const BYTES = 72;

/** As whoever made the hash understood the password: its first 72 bytes. */
export async function verifyBcrypt(stored: string, password: string): Promise<boolean> {
  const canonical = canonicalBcrypt(stored);
  // C implementations end at a NUL and others do not: such a password proves nothing.
  if (canonical === undefined || password.includes('\u0000')) return false;
  return verify(Buffer.from(password, 'utf8').subarray(0, BYTES), canonical);
}
