/**
 * What a password must be: long enough and not one that is tried first. There is no composition rule: NIST SP 800-63B-4
 * (3.1.1.2) and ASVS 5.0 (6.2.5) both drop it, because it makes passwords predictable.
 */
export const PASSWORD_MIN = 8;
/** Where nothing else guards the account, if the operator is strict (NIST SP 800-63B-4, 3.1.1.2). */
export const PASSWORD_MIN_ALONE = 15;
export const PASSWORD_MAX = 128;

/** Shorter parts of a name or an address ("Li", "jo") would forbid half the dictionary. */
const PERSONAL_WORD_MIN = 4;
const PRODUCT_WORDS = ['careercopilot', 'career-copilot', 'career copilot', 'career', 'copilot'];

/** As people count: a character is a code point after normalising. */
export const passwordLength = (password: string): number => [...normalisePassword(password)].length;

export interface PasswordOwner {
  email: string;
  fullName: string;
}

/** The one form in which passwords are hashed and compared, so that two keyboards type the same "é". */
export const normalisePassword = (password: string): string => password.normalize('NFC');

/** Why the password is refused, in words for its owner; undefined when it is fine. `common` holds lower-case entries. */
export function passwordProblem(
  password: string,
  owner: PasswordOwner,
  common: ReadonlySet<string>,
  least = PASSWORD_MIN,
): string | undefined {
  const normal = normalisePassword(password);
  const length = passwordLength(password);
  if (length < least) return `must have at least ${least} characters, it has ${length}`;
  if (length > PASSWORD_MAX) return `must have at most ${PASSWORD_MAX} characters, it has ${length}`;
  const comparable = normal.toLowerCase();
  if (common.has(comparable)) return 'is one of the most common passwords, choose another';
  if (new Set(comparable).size <= 2) return 'repeats the same characters, choose another';
  const rest = withoutWords(comparable, [...wordsOf(owner), ...PRODUCT_WORDS]);
  if (rest !== comparable && ([...rest].length < PASSWORD_MIN || common.has(rest))) {
    return 'is mostly your name, your address or the name of this product, choose another';
  }
  return undefined;
}

function wordsOf({ email, fullName }: PasswordOwner): string[] {
  const [mailbox = '', domain = ''] = email.toLowerCase().split('@');
  const candidates = [
    mailbox,
    ...mailbox.split(/[^\p{L}\p{N}]+/u),
    ...domain.split('.').slice(0, -1),
    fullName.toLowerCase().replaceAll(/\s+/g, ''),
    ...fullName.toLowerCase().split(/\s+/),
  ];
  return candidates.map((word) => word.normalize('NFC')).filter((word) => [...word].length >= PERSONAL_WORD_MIN);
}

/** Longest first, so that "johndoe" goes as a whole and does not leave "doe". */
function withoutWords(text: string, words: readonly string[]): string {
  return [...new Set(words)]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, word) => rest.replaceAll(word, ''), text);
}
