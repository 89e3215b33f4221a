/**
 * Two kinds of folding: `foldInPlace` keeps every character at its offset (evidence is quoted from the original by
 * offset), `fold` may change the length and makes keys.
 */

const ACCENTS: ReadonlyMap<string, string> = (() => {
  const rows: Record<string, string> = {
    a: 'àáâãäåāăąǎ',
    c: 'çćĉċč',
    d: 'ďđð',
    e: 'èéêëēĕėęě',
    g: 'ĝğġģ',
    h: 'ĥħ',
    i: 'ìíîïĩīĭįı',
    j: 'ĵ',
    k: 'ķ',
    l: 'ĺļľŀł',
    n: 'ñńņňŉ',
    o: 'òóôõöøōŏőơ',
    r: 'ŕŗř',
    s: 'śŝşšșß',
    t: 'ţťŧț',
    u: 'ùúûüũūŭůűųư',
    w: 'ŵ',
    y: 'ýÿŷ',
    z: 'źżž',
    "'": '’‘´`',
    '"': '“”„«»',
    '-': '‐‑‒–—−',
    ' ': '\u00a0\u202f\u2009\t',
  };
  const map = new Map<string, string>();
  for (const [plain, variants] of Object.entries(rows)) {
    for (const variant of variants) {
      map.set(variant, plain);
      const upper = variant.toUpperCase();
      if (upper.length === 1) map.set(upper, plain);
    }
  }
  // Lower-casing this one would yield two characters and move every offset behind it.
  map.set('İ', 'i');
  return map;
})();

/** Everything outside plain ASCII, and the two ASCII characters that have a plainer form. Most texts hold a few. */
const UNPLAIN = /[\t`\u0080-\uffff]/g;

/** Lower case, accents off, typographic quotes, dashes and spaces made plain: one character for one character. */
export const foldInPlace = (text: string): string =>
  text.replace(UNPLAIN, (letter) => ACCENTS.get(letter) ?? letter).toLowerCase();

const LIGATURE = /[ßæœøðþ]/g;
const LIGATURES: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ð: 'd', þ: 'th' };

/** The comparison form of a name: lower case, compatibility forms and accents resolved. Length may change. */
export const fold = (text: string): string =>
  foldInPlace(
    text
      // First, since a compatibility form may hide a capital or a ligature: ᴭ is Æ.
      .normalize('NFKD')
      .toLowerCase()
      .replace(LIGATURE, (letter) => LIGATURES[letter] ?? letter)
      .replace(/\p{Mn}/gu, ''),
  );
