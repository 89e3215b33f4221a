import { fold } from '#kernel';
import { extractSkills } from '../../skills/domain/extract-skills.js';
import { decodeEntities } from '../../normalise/domain/text.js';

export interface JobTitle {
  /** What the job is: no level, no noise, synonyms made one word. In order, each once. */
  core: readonly string[];
  /** "senior", "staff", "3", … Sorted. Two titles with different levels are different jobs. */
  levels: readonly string[];
  /** Languages and tools named. Java and Python make two jobs of one text. */
  stack: readonly string[];
  /** Numbers of requisitions inside the title. */
  requisitions: readonly string[];
}

/** (m/w/d), (f/m/x), H/F, all genders: says nothing about the job. */
const GENDER =
  /\(?\b(?:[mfwdhxi]\s?[/|,*]\s?){1,3}(?:[mfwdhxni]|div|divers|gn)\b\)?|\(?\ball genders?\b\)?|\(?\bgn\b\)|[:*/_](?:innen|in)\b/g;
const NOISE = new Set(
  'remote hybrid onsite fulltime parttime permanent urgent immediate apply now new job position role opening vacancy opportunity hiring wanted based in at for the a an of and und y et mit with to gesucht befristet unbefristet teilzeit vollzeit home office location anywhere'.split(
    ' ',
  ),
);
/** Longer phrases first; the result of one rule may feed the next. */
const SYNONYMS: readonly [RegExp, string][] = [
  [/\bfull[ -]?time\b/g, 'fulltime'],
  [/\bpart[ -]?time\b/g, 'parttime'],
  [/\bon[ -]site\b/g, 'onsite'],
  [/\bfull[ -]?stack\b/g, 'fullstack'],
  [/\bfront[ -]?end\b/g, 'frontend'],
  [/\bback[ -]?end\b/g, 'backend'],
  [/\bdev[ -]?ops\b/g, 'devops'],
  [/\b(?:sr|snr)\b\.?/g, 'senior'],
  [/\b(?:jr|jnr)\b\.?/g, 'junior'],
  [/\bmid[ -]?(?:level|senior)\b/g, 'mid'],
  [/\bentry[ -]?level\b/g, 'entry'],
  [/\b(?:interns|internship|praktikum|praktikant(?:in)?|stagiaire)\b/g, 'intern'],
  [/\bvice president\b/g, 'vp'],
  [/\bengineers\b/g, 'engineer'],
  [/\bdevelopers\b/g, 'developer'],
  [/\b(?:eng|engr)\b\.?/g, 'engineer'],
  [/\bmgr\b\.?/g, 'manager'],
  [
    /\b(?:swe|software[ -]?(?:engineer|developer|entwickler(?:in)?|ingenieur(?:in)?)|softwareentwickler(?:in)?|softwareingenieur(?:in)?)\b/g,
    'developer',
  ],
  [/\b(?:entwickler(?:in)?|programmer|developpeur|developpeuse|desarrollador[ae]?|ontwikkelaar)\b/g, 'developer'],
  [/\b(?:ml)\b/g, 'machine learning'],
];
const LEVELS = new Set(
  'junior mid senior staff principal lead intern entry trainee graduate head director vp avp chief associate distinguished fellow working student werkstudent apprentice shift'.split(
    ' ',
  ),
);
const VERSIONED = new Set(
  'ros vue angular python java php net dynamics s drupal typo3 odoo magento industrie industry'.split(' '),
);
const ROMAN: ReadonlyMap<string, string> = new Map([
  ['i', '1'],
  ['ii', '2'],
  ['iii', '3'],
  ['iv', '4'],
  ['v', '5'],
]);

export function jobTitle(title: string): JobTitle {
  const decoded = decodeEntities(title);
  let text = fold(decoded).replace(GENDER, ' ');
  for (const [pattern, word] of SYNONYMS) text = text.replace(pattern, word);
  const requisitions = new Set<string>();
  const levels = new Set<string>();
  const core = new Set<string>();
  const tokens = text.match(/[\p{L}\p{N}][\p{L}\p{N}+#]*(?:\.[\p{L}]+)?|\.net\b/gu) ?? [];
  tokens.forEach((token, index) => {
    if (/\d{4,}/.test(token) && !/^(?:19|20)\d\d$/.test(token)) requisitions.add(token);
    else if (LEVELS.has(token)) levels.add(token);
    // "ROS 2" and "Vue 3" are products.
    else if (/^\d{1,2}$/.test(token) && VERSIONED.has(tokens[index - 1] ?? '')) core.add(token);
    // A roman one standing first is a word of the title; "L6", "Level 6" and a bare small number are levels.
    else if (index > 0 && ROMAN.has(token)) levels.add(ROMAN.get(token) ?? token);
    else if (/^(?:l?\d{1,2}|\d(?:st|nd|rd|th))$/.test(token)) levels.add(token.replace(/^l/, ''));
    else if (!NOISE.has(token) && token !== 'level') core.add(token);
  });
  return {
    core: [...core],
    levels: [...levels].sort(),
    stack: extractSkills(stackText(decoded)).sort(),
    requisitions: [...requisitions],
  };
}

/** In a title a single capital letter or "Go" in brackets or behind a dash is a language: give it company. */
const stackText = (title: string): string =>
  title.replace(/[([\-–|,/:]\s*(Go|R|C|Rust|Swift|Scala|Dart)\b/g, ', $1 developer');

/**
 * `contains`: the longer one begins with the shorter. `includes`: it has all its words, but others between or before
 * them. `overlaps`: each has a word the other lacks.
 */
export type TitleRelation = 'same' | 'contains' | 'includes' | 'overlaps' | 'different';

/** What everybody in the trade is called; beside equal other words they say the same. */
const MAKERS = new Set(
  'engineer developer ingenieur ingeniero inzynier programista sviluppatore programador'.split(' '),
);

/** `ignored`: words of either location, which some boards append to the title. */
export function relateTitles(a: JobTitle, b: JobTitle, ignored: ReadonlySet<string>): TitleRelation {
  const left = a.core.filter((word) => !ignored.has(word));
  const right = b.core.filter((word) => !ignored.has(word));
  const onlyLeft = left.filter((word) => !right.some((other) => isSameWord(word, other)));
  const onlyRight = right.filter((word) => !left.some((other) => isSameWord(word, other)));
  if (
    left.length === right.length &&
    left.length > 1 &&
    [...onlyLeft, ...onlyRight].every((word) => MAKERS.has(word))
  ) {
    return onlyLeft.length === 0 ? 'same' : 'includes';
  }
  if (onlyLeft.length === 0 && onlyRight.length === 0) return 'same';
  if (onlyLeft.length === left.length) return 'different';
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  // Words in front change the job ("Platform Reliability Engineer"), words behind usually narrow it down.
  if (short.every((word, index) => isSameWord(word, long[index] ?? ''))) return 'contains';
  return (left.length <= right.length ? onlyLeft : onlyRight).length === 0 ? 'includes' : 'overlaps';
}

/** Equal, a plural, or one slip of the keyboard in a long word. */
function isSameWord(a: string, b: string): boolean {
  if (a === b) return true;
  if (Math.min(a.length, b.length) < 6) return a === `${b}s` || b === `${a}s`;
  return Math.abs(a.length - b.length) <= 1 && isOneEditApart(a, b);
}

function isOneEditApart(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short[short.length - 1 - end] === long[long.length - 1 - end]) end++;
  return long.length - start - end <= 1;
}
