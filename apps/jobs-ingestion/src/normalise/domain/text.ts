/** Text primitives every rule of this app shares. */

const CONTROL = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;
/** What may be one of them, found without reading code points: any surrogate is looked at again. */
const SUSPECT = /[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]/;

/** PostgreSQL refuses NUL, JSON encoders stumble over lone surrogates, and nobody wants the other control characters. */
export const withoutControls = (text: string): string =>
  SUSPECT.test(text)
    ? text.replace(CONTROL, (found) => (found === '\n' || found === '\t' ? found : found === '\r' ? '\n' : ' '))
    : text;

/** One line of at most `max` characters, or null when nothing is left. */
export function cleanLine(text: string, max: number): string | null {
  // Cut before the work: a hostile answer may hold megabytes where a title belongs.
  const line = cut(
    withoutControls(text.slice(0, max * 8))
      .normalize('NFC')
      .replace(/\s+/g, ' ')
      .trim(),
    max,
  );
  return line === '' ? null : line;
}

/** Several lines, blank runs collapsed, at most `max` characters. */
export const cleanText = (text: string, max: number): string =>
  cut(
    withoutControls(text.slice(0, max * 2))
      .normalize('NFC')
      .replace(/[ \t\u00a0]+/g, ' ')
      .replace(/ ?\n ?/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    max,
  );

/** Cuts without splitting a surrogate pair. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max).trimEnd();
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  rsquo: '’',
  lsquo: '‘',
  rdquo: '”',
  ldquo: '“',
  bull: '•',
  middot: '·',
  euro: '€',
  pound: '£',
  reg: '®',
  trade: '™',
  copy: '©',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ntilde: 'ñ',
};

/** Resolves one level of HTML escaping; what it does not know it leaves alone. */
export const decodeEntities = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
        if (typeof name === 'string') return NAMED[name] ?? NAMED[name.toLowerCase()] ?? whole;
        const code = typeof decimal === 'string' ? Number(decimal) : parseInt(String(hex), 16);
        return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : ' ';
      })
    : text;
