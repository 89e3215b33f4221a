import { COUNTRY_OF } from './countries.js';
import { fold } from './fold.js';

/** Forms of incorporation. They never tell two employers apart. */
const LEGAL = new Set(
  'inc incorporated corp corporation llc llp lp ltd limited co company gmbh mbh ag kg kgaa ohg ug se sa sas sasu sarl srl spa sl slu bv nv ab as asa aps oy oyj plc pte pty pvt private public ev eg doo zoo oo sro kft zrt nyrt pbc gbr ggmbh ev ek lda ltda snc sapa scarl aps vof cv hb kb ou uab sia asbl vzw'.split(
    ' ',
  ),
);
/** Words an employer's name has on one board and lacks on another. */
const WEAK = new Set(
  'the group holding holdings bank international global worldwide technologies technology tech software solutions systems services labs lab studio studios digital online europe emea careers jobs team hq and'.split(
    ' ',
  ),
);

export interface CompanyName {
  /** Without legal form, weak words and countries: "N26 Bank AG" and "N26" share it. */
  core: string;
  tokens: readonly string[];
}

export function companyName(name: string): CompanyName {
  const tokens = withoutLegal(
    fold(name)
      .replace(/\([^)]*\)/g, ' ')
      .replace(/[®™©]/g, ' ')
      .replace(/\.(?:com|io|ai|co|net|org|de|eu|sh|dev|app)\b/g, ' ')
      .replace(/\bsp(?:\.|olka)? (?:z o\.? ?o\b\.?|[jk]\b\.?)/g, ' ')
      .replace(/\b(?:[a-z]\.){2,}/g, (dotted) => dotted.replaceAll('.', ''))
      .replace(/'s\b/g, 's')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
      .split(' ')
      .filter((token) => token !== ''),
  );
  const strong = tokens.filter((token, index) => !WEAK.has(token) && !(index > 0 && COUNTRY_OF.has(token)));
  const core = (strong.length > 0 ? strong : tokens).join(' ');
  return { core: core === '' ? fold(name).trim() : core, tokens };
}

function withoutLegal(tokens: readonly string[]): readonly string[] {
  let end = tokens.length;
  while (end > 1 && LEGAL.has(tokens[end - 1] ?? '')) end--;
  return tokens.slice(0, end);
}

export type CompanyRelation = 'same' | 'related' | 'different';

/** "related": they share how the name begins, like two companies of one group. Never enough on its own. */
export function relateCompanies(a: CompanyName, b: CompanyName): CompanyRelation {
  if (a.core === b.core || a.core.replaceAll(' ', '') === b.core.replaceAll(' ', '')) return 'same';
  const [first = ''] = a.tokens;
  return first.length >= 3 && first === b.tokens[0] ? 'related' : 'different';
}
