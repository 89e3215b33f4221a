import { createHash } from 'node:crypto';
import { Secret } from 'otpauth';

export const RECOVERY_CODES = 10;

/** 80 random bits, in base32 and groups of four: to be written down and typed by hand. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () => grouped(new Secret({ size: 10 }).base32));

/** A plain fast hash is enough for so many bits. Bound to its owner, so that equal rows say nothing. */
export const hashOfRecoveryCode = (userId: string, code: string): Buffer =>
  createHash('sha256')
    .update(`recovery-code:${userId}:${code.replaceAll(/[ -]/g, '').toUpperCase()}`, 'utf8')
    .digest();

const grouped = (text: string): string => text.replaceAll(/.{4}(?=.)/g, '$&-');
