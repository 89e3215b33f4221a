import { dictionary } from '@zxcvbn-ts/language-common';
import { PASSWORD_MIN } from './domain/password-policy.js';

/**
 * The packaged block list (MIT, about 49,000 passwords from published leaks, lower case); what is too short anyway is
 * left out. Works offline by design.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter((password) => password.length >= PASSWORD_MIN),
);
