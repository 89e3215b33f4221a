/** Per UTF-16 unit: 0 not looked at yet, 1 a letter or digit, 2 neither. Halves of surrogate pairs are neither. */
const KINDS = new Uint8Array(0x1_0000);
const WORD = 1;
const OTHER = 2;

/** Whether a letter or digit stands there. A table, because texts are read character by character. */
export function isWordCharacter(code: number): boolean {
  const kind = KINDS[code];
  if (kind === WORD) return true;
  if (kind === OTHER) return false;
  const isWord = /[\p{L}\p{N}]/u.test(String.fromCharCode(code));
  KINDS[code] = isWord ? WORD : OTHER;
  return isWord;
}
