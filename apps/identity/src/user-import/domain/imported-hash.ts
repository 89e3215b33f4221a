import { bcryptCost, isBcrypt } from '../../passwords/domain/bcrypt-format.js';

const LEAST_COST = 4;
const HIGHEST_COST = 14;
/** What one round costs a slow core, in milliseconds; a cost of 12 (4,096 rounds) takes 0.2 s on a usual one. */
const ROUND_MS = 0.122;

const ARGON2ID =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/;
const LEAST_KIB = 1_024;
const MOST_KIB = 131_072;
const MOST_LANES = 8;
/** Memory times passes: what a sign-in costs. 256 MiB once take about as long as bcrypt with a cost of 12. */
const MOST_WORK_KIB = 262_144;

/**
 * The highest bcrypt cost whose wrong tries end before refusals are answered: above it the time of an answer would tell
 * an imported account from an address nobody has.
 */
export const costCoveredBy = (floorMs: number): number =>
  Math.max(10, Math.min(HIGHEST_COST, Math.floor(Math.log2(Math.max(1, floorMs) / ROUND_MS))));

/** Why a hash cannot be taken over, in words for whoever imports it; undefined when it can. */
export function hashProblem(hash: string, highestCost: number): string | undefined {
  return isBcrypt(hash) ? bcryptProblem(hash, highestCost) : argon2Problem(hash);
}

function bcryptProblem(hash: string, highestCost: number): string | undefined {
  const cost = bcryptCost(hash);
  if (cost === undefined) return 'is no bcrypt hash of the kind $2a$, $2b$ or $2y$ with 60 characters';
  if (cost < LEAST_COST || cost > highestCost) {
    return `has the bcrypt cost ${cost}; ${LEAST_COST} to ${highestCost} are taken here (CREDENTIAL_ANSWER_FLOOR decides)`;
  }
  return undefined;
}

function argon2Problem(hash: string): string | undefined {
  const parts = ARGON2ID.exec(hash);
  if (parts === null) return 'must be a bcrypt hash ($2b$…) or an argon2id hash ($argon2id$v=19$m=…,t=…,p=…$…$…)';
  const [memory = 0, passes = 0, lanes = 0] = parts.slice(1, 4).map(Number);
  if (memory < LEAST_KIB || memory > MOST_KIB) return `has m=${memory}; ${LEAST_KIB} to ${MOST_KIB} (KiB) are taken`;
  if (passes < 1 || memory * passes > MOST_WORK_KIB)
    return `has m × t = ${memory * passes}; at most ${MOST_WORK_KIB} are taken`;
  if (lanes < 1 || lanes > MOST_LANES) return `has p=${lanes}; 1 to ${MOST_LANES} are taken`;
  if (!parts.slice(4).every(isBase64)) return 'has a salt or a digest that is not whole';
  return undefined;
}

/** Without padding, and without bits that no byte uses: the library that verifies takes nothing else. */
const isBase64 = (text: string): boolean => Buffer.from(text, 'base64').toString('base64').replace(/=+$/, '') === text;
