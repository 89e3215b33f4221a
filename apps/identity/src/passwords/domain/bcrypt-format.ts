const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Prefix, cost, 22 characters of salt, 31 of digest. Of `$2x$` nobody knows which passwords it means. */
const BCRYPT = /^\$2[aby]\$(?<cost>\d\d)\$(?<salt>[./A-Za-z0-9]{22})(?<digest>[./A-Za-z0-9]{31})$/;

export const isBcrypt = (stored: string): boolean => stored.startsWith('$2');

export const bcryptCost = (stored: string): number | undefined => {
  const cost = BCRYPT.exec(stored)?.groups?.['cost'];
  return cost === undefined ? undefined : Number(cost);
};

/** One spelling for what all makers mean: the three prefixes are one algorithm. Undefined: no such hash. */
export function canonicalBcrypt(stored: string): string | undefined {
  const parts = BCRYPT.exec(stored)?.groups;
  if (parts === undefined) return undefined;
  const { cost = '', salt = '', digest = '' } = parts;
  return `$2b$${cost}$${withoutUnusedBits(salt, 0b11_0000)}${withoutUnusedBits(digest, 0b11_1100)}`;
}

/** Some makers left other bits than 0 where 16 and 23 bytes do not fill their characters; readers differ about them. */
function withoutUnusedBits(text: string, used: number): string {
  const last = ALPHABET.indexOf(text.slice(-1)) & used;
  return text.slice(0, -1) + (ALPHABET[last] ?? '');
}
