import { foldInPlace } from '#kernel';
import type { Salary, SalaryPeriod } from './salary.js';

const SYMBOLS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '¥': 'JPY',
  '₪': 'ILS',
  '₩': 'KRW',
  '₺': 'TRY',
  '₴': 'UAH',
  $: 'USD',
  us$: 'USD',
  c$: 'CAD',
  ca$: 'CAD',
  cad$: 'CAD',
  a$: 'AUD',
  au$: 'AUD',
  nz$: 'NZD',
  s$: 'SGD',
  sg$: 'SGD',
  hk$: 'HKD',
  mx$: 'MXN',
  r$: 'BRL',
  zł: 'PLN',
  zl: 'PLN',
  kč: 'CZK',
  kc: 'CZK',
  euro: 'EUR',
  euros: 'EUR',
};
const CODES =
  'eur|usd|gbp|chf|pln|sek|nok|dkk|czk|huf|ron|bgn|cad|aud|nzd|sgd|hkd|inr|jpy|cny|brl|mxn|zar|ils|try|aed|uah|krw|php|thb|myr|idr|cop|clp|ars|rsd';

const MONEY = `(?:(?:\\b(?:usd|cad|aud|nzd|sgd|eur|gbp) ?)?(?:us|c(?:ad?)?|au?|nz|sg?|hk|mx|r)?\\$|[€£₹¥₪₩₺₴]|\\bzł|\\bzl\\b|\\bkč|\\bkc\\b|\\beuros?\\b|\\bkr\\b|\\bkronor\\b|\\b(?:${CODES})\\b)`;
/** "65.000", "65,000", "65 000", "65'000", "31,2", "120", with a k behind it or not. */
const NUMBER = String.raw`\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?![\d])`;
const THOUSAND = String.raw`\s?(?:k\b|tsd\b\.?|tausend\b|mille\b|t(?=\s?(?:€|eur)))`;
const AMOUNT = (name: string): string =>
  `(?<c${name}>${MONEY})?\\s?(?<n${name}>${NUMBER})(?<k${name}>${THOUSAND})?\\s?(?<d${name}>${MONEY})?`;
const TO = String.raw`\s*(?:-{1,2}|to|bis|a|y|e|en|et|und|and|och|till|do|until|up to|jusqu'a|tot)\s*`;
/** "$120k/yr - $150k/yr" repeats the period before the dash. */
const BETWEEN = String.raw`(?:\s?(?:\/|per |a |pro )\s?(?:hr|hour|yr|year|month|jahr|monat|annum))?`;

const ANY_MONEY = new RegExp(MONEY);
const RANGE = new RegExp(`${AMOUNT('1')}${BETWEEN}${TO}${AMOUNT('2')}`, 'g');
const SINGLE = new RegExp(AMOUNT('1'), 'g');

const PERIODS: readonly [SalaryPeriod, RegExp][] = [
  [
    'hour',
    /^\W{0,3}(?:\/\s?|per |an? |pro |par |por |al |za |i )?(?:hr|hour|h|hourly|stunde|std|heure|hora|ora|uur|godz(?:ine|ina)?|timme[n]?)\b/,
  ],
  ['day', /^\W{0,3}(?:\/\s?|per |an? |pro |par |por |al )?(?:day|daily|tag|jour|dia|giorno|dag|tjm)\b/],
  ['week', /^\W{0,3}(?:\/\s?|per |an? |pro |par |por )?(?:week|weekly|woche|semaine|semana)\b/],
  [
    'month',
    /^\W{0,3}(?:\/\s?|per |an? |pro |par |por |al |im |i )?(?:month|monthly|mo|monat|monatlich|mois|mes|mese|maand|mth|p\.?\s?m|miesiecznie|miesiac|mies|manad(?:en)?|mensil[ei]|mensais|mensuales|mensuels?)\b/,
  ],
  [
    'year',
    /^\W{0,3}(?:\/\s?|per |an? |pro |par |por |al |im |om )?(?:yr|year|yearly|annum|annual(?:ly)?|jahr|jahrlich|an|ano|anno|jaar|p\.?\s?a|b\.a\.r|brutto\/jahr|year|annuels?|annui|annue|anuales|anuais|rocznie|rok|ar|aret|ral)\b/,
  ],
];
/** Words between the amount and its period that do not change the meaning. */
const FILLER =
  /^\W{0,3}(?:gross|brutto|brutos?|bruta|bruts?|netto|netos?|lordi|b2b|\+ ?vat|before tax|base|basic|salary|usd|eur|gbp|chf|ote)\b/;

/** In front of or behind an amount of money that is not pay. */
const NOT_PAY =
  /\b(?:raised|funding|series [a-e]|seed|revenue|turnover|umsatz|arr|aum|valuation|valued|budget|portfolio|market|bonus|signing|referral|stipend|allowance|reimburse\w*|credit|discount|donat\w*|sales|deals?|invest\w*|backed|grant|savings|401|insurance|million|billion|mio|mrd|bn|mm|worth|equipment|learning|wellness|training|price|pricing|cost|costs|fee|fees|up to \d+ users|customers|gmv|assets|transactions?)\b/;
const PAY =
  /\b(?:salar\w*|pay|paid|compensation|comp|gehalt\w*|vergutung|jahresgehalt|remuneration|remunera\w*|salaire|sueldo|salario|retribuzione|ral|salaris|wage\w*|ote|base|brutto|bruto|gross|package|earn\w*|rate|verdien\w*|tarif\w*|entgelt\w*|lohn|hourly|annual\w*|lon|manadslon|wynagrodzeni\w+|stawk\w+|widelki|salari\w+|collective agreement|kollektivvertrag\w*)\b/;

const WINDOW = 48;
/** What a full-time year pays at least where these currencies are paid; below it a bare number is not a yearly salary. */
const LOW_YEAR = 10_000;
const HIGH_HOUR = 500;
const MAX_TEXT = 40_000;

interface Candidate {
  salary: Salary;
  score: number;
}

/**
 * Reads pay from text. Never without a currency, and never from a lone amount unless the words around it say it is
 * pay or what period it is for. When a text holds several candidates the best supported one wins, else the first.
 */
export function parseSalary(text: string, folded = foldInPlace(text.slice(0, MAX_TEXT))): Salary | null {
  let best: Candidate | null = null;
  for (const passage of passagesOf(folded.slice(0, MAX_TEXT))) {
    for (const pattern of [RANGE, SINGLE]) {
      for (const match of folded.slice(passage.start, passage.end).matchAll(pattern)) {
        const candidate = readOne(text, folded, { match, start: passage.start + match.index });
        if (candidate && (best === null || candidate.score > best.score)) best = candidate;
      }
    }
  }
  return best?.salary ?? null;
}

interface Passage {
  start: number;
  end: number;
}

/** Digits with money beside them. Reading amounts is slow, and most digits of a posting are years and counts. */
const DIGITS = /\d(?:[\d.,' ]*\d)?/g;
const BESIDE = 10;
/** Takes in the other half of a range and a period between the halves. */
const AROUND = 40;

function passagesOf(folded: string): Passage[] {
  const passages: Passage[] = [];
  for (const { 0: digits, index } of folded.matchAll(DIGITS)) {
    const behind = index + digits.length;
    if (!ANY_MONEY.test(folded.slice(Math.max(0, index - BESIDE), behind + BESIDE))) continue;
    // May cut another number in two, but none with money beside it: that one has a passage of its own.
    const start = Math.max(0, index - AROUND);
    const end = Math.min(folded.length, behind + AROUND);
    const last = passages.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else passages.push({ start, end });
  }
  return passages;
}

function readOne(
  original: string,
  folded: string,
  { match, start }: { match: RegExpMatchArray; start: number },
): Candidate | null {
  const { c1, n1, k1, d1, c2, n2, k2, d2 } = match.groups ?? {};
  if (n1 === undefined) return null;
  const isRange = n2 !== undefined;
  const currency = currencyOf(c1 ?? d1 ?? c2 ?? d2, original);
  if (currency === null) return null;
  const end = start + match[0].length;
  // "10-15.000 €": thousands of the second amount count for a small first one, as does its k.
  const high = isRange ? amountOf(n2, k2 !== undefined) : null;
  const firstK = k1 !== undefined || (isRange && k2 !== undefined && Number.parseFloat(n1) < 1_000);
  let low = amountOf(n1, firstK);
  if (high !== null && low > 0 && low < 1_000 && high >= 10_000 && high / low > 100) low *= 1_000;
  if (low <= 0 || (high !== null && (high < low || high / low > 6))) return null;

  const before = folded.slice(Math.max(0, start - WINDOW), start);
  const after = folded.slice(end, end + WINDOW);
  // A comma in front belongs to the number only when nothing stands between.
  const isContinued = /^\s/.test(match[0]) ? /\d$/ : /[\d.,]$/;
  if (isContinued.test(before) || /^\s?(?:m\b|mm\b|mio|million|billion|bn\b|b\b|mrd|\+?\s?%|\d)/.test(after))
    return null;
  const sentenceBefore = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('. ')) + 1);
  const sentenceAfter = after.split(/\n|\. |;/)[0] ?? '';
  // "+ bonus", ", home-office budget": what is listed behind is something else.
  const ownWords = sentenceAfter.split(/[,+(]| (?:plus|and|und|et|y|e|en|with|mit|og|och|i|oraz) /)[0] ?? '';
  const paid = PAY.test(sentenceBefore) || PAY.test(sentenceAfter.slice(0, 30));
  if (!paid && (NOT_PAY.test(sentenceBefore) || NOT_PAY.test(ownWords.slice(0, 24)))) return null;
  if (/\b(?:bonus|signing|equity of|stipend|raised|series)\W*$/.test(sentenceBefore)) return null;

  const period = periodOf(after, sentenceBefore) ?? inferPeriod(low, currency);
  const stated = periodOf(after, sentenceBefore) !== null;
  const upTo = UP_TO.test(sentenceBefore);
  // "Up to £70k." on a line of its own.
  const isWholeLine =
    period === 'year' && sentenceBefore.replace(UP_TO, '').trim() === '' && /^\W*$/.test(sentenceAfter) && upTo;
  if (!isRange && !stated && !paid && !isWholeLine) return null;
  if (!plausible(low, period, isRange || paid || isWholeLine)) return null;
  const evidenceEnd = stated ? end + periodLength(after) : end;
  return {
    salary: {
      min: isRange || !upTo ? low : null,
      max: isRange
        ? high
        : upTo
          ? low
          : /^\s?\+|^ (?:and up|or more|upwards|minimum)/.test(after) || FROM.test(sentenceBefore)
            ? null
            : low,
      currency,
      period,
      isEstimated: false,
      evidence: original.slice(start, evidenceEnd).trim(),
    },
    score: (isRange ? 4 : 0) + (paid ? 3 : 0) + (stated ? 2 : 0) + (low >= 1_000 ? 1 : 0),
  };
}

const UP_TO = /\b(?:up to|bis(?: zu)?|jusqu'a|hasta|fino a|tot|max(?:imum)?\.?)\W*$/;
const FROM = /\b(?:from|ab|starting(?: at| from)?|mindestens|at least|min(?:imum)?\.?|a partir de|desde|vanaf|da)\W*$/;

/** "usd $" names the currency twice, and the code is the more exact of the two. */
function currencyOf(found: string | undefined, text: string): string | null {
  if (found === undefined) return null;
  // Three countries write "kr"; of their letters only ä and ö are Swedish alone.
  if (found === 'kr' || found === 'kronor') return /[äö]/i.test(text) && !/[øæ]/i.test(text) ? 'SEK' : null;
  return SYMBOLS[found] ?? /^[a-z]{3}\b/.exec(found)?.[0].toUpperCase() ?? null;
}

/** The last group of three digits is thousands in every locale; one or two digits behind a mark are decimals. */
function amountOf(digits: string, thousands: boolean): number {
  const decimals = /[.,](\d{1,2})$/.exec(digits);
  const whole = (decimals ? digits.slice(0, decimals.index) : digits).replace(/\D/g, '');
  const value = Number(`${whole}.${decimals?.[1] ?? '0'}`);
  return Math.round(value * (thousands ? 1_000 : 1) * 100) / 100;
}

function periodOf(after: string, before: string): SalaryPeriod | null {
  const rest = after.replace(FILLER, '').replace(FILLER, '');
  const behind = PERIODS.find(([, pattern]) => pattern.test(rest))?.[0];
  if (behind) return behind;
  if (
    /\b(?:annual|yearly|per year|jahresgehalt|jahresbrutto|gehaltsrahmen|salaire annuel|per annum|bruto jaar|ral|arslon)\b/.test(
      before,
    )
  )
    return 'year';
  if (
    /\b(?:monthly|monatlich\w*|monatsgehalt|per month|mensuel|mensual|manadslon|miesieczn\w+|mensile|maandsalaris)\b/.test(
      before,
    )
  )
    return 'month';
  if (/\b(?:hourly|stundenlohn|per hour|stundensatz)\b/.test(before)) return 'hour';
  return /\b(?:day rate|daily rate|tagessatz|tjm)\b/.test(before) ? 'day' : null;
}

const periodLength = (after: string): number => {
  const filler = FILLER.exec(after)?.[0].length ?? 0;
  const rest = after.slice(filler);
  const found = PERIODS.map(([, pattern]) => pattern.exec(rest)?.[0].length ?? 0).find((length) => length > 0);
  return found === undefined ? 0 : filler + found;
};

/** Only where the amount leaves no doubt, in currencies of comparable worth. */
const inferPeriod = (amount: number, currency: string): SalaryPeriod | null =>
  /^(?:EUR|USD|GBP|CHF|CAD|AUD|NZD|SGD)$/.test(currency) && amount >= 15_000 ? 'year' : null;

function plausible(amount: number, period: SalaryPeriod | null, supported: boolean): boolean {
  switch (period) {
    case 'hour':
      return amount >= 3 && amount <= HIGH_HOUR * 100;
    case 'day':
      return amount >= 20;
    case 'week':
    case 'month':
      return amount >= 100;
    case 'year':
      return amount >= 1_000;
    case null:
      return supported && amount >= LOW_YEAR / 10;
  }
}
