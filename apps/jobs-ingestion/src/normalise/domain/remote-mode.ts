import type { REMOTE_MODES } from '#contracts';
import { foldInPlace } from '#kernel';

export type RemoteMode = (typeof REMOTE_MODES)[number];

const NOT_REMOTE =
  /\b(?:no|not|non|nicht|kein|keine|pas de|sin)[ -](?:a |fully )?remote\b|\bremote(?: work)? (?:is )?not (?:possible|available)\b/;
const HYBRID = /\b(?:hybrid[eoa]?|teilweise remote|partly remote|partially remote|flexible hybrid)\b/;
const ONSITE = /\b(?:on[- ]?site|in[- ]office|vor ort|in person|presencial|sur site|op locatie|in sede)\b/;
const REMOTE_LABEL =
  /\b(?:remote|anywhere|worldwide|home[- ]?office|work from home|wfh|tele ?travail|teletrabajo|thuiswerk(?:en)?|distributed|da remoto|en remoto|zdalnie|pa distans)\b/;

/** In running text "remote" may be a team, a tool or a perk: only phrases about this position count. */
const REMOTE_PHRASE =
  /\b(?:(?:fully|100 ?%|completely|entirely) remote|remote[- ](?:first|only|position|role|job|opportunity)|work (?:remotely )?from anywhere|(?:position|role|job) is (?:fully )?remote|100 ?% (?:home ?office|tele ?travail)|komplett remote|vollstandig remote)\b/;
const HYBRID_PHRASE =
  /\b(?:hybrid (?:role|position|work(?:ing)?|model|setup|schedule|arbeit\w*)|(?:position|role|job) is hybrid|hybrides arbeiten|\d days? (?:a|per) week (?:in|at) (?:the|our) office|\d days? in (?:the |our )?office)\b/;
const ONSITE_PHRASE =
  /\b(?:(?:position|role|job) is (?:fully )?(?:on[- ]?site|in[- ]office|in[- ]person)|(?:fully|100 ?%) on[- ]?site|on[- ]?site (?:role|position|only))\b/;

/** The short label fields of a source: workplace type, location, metadata. */
export function remoteModeOfLabel(...values: readonly (string | null | undefined)[]): RemoteMode | null {
  const label = foldInPlace(values.filter((value) => typeof value === 'string').join(' | ')).slice(0, 1_000);
  if (HYBRID.test(label)) return 'hybrid';
  if (NOT_REMOTE.test(label)) return 'onsite';
  if (REMOTE_LABEL.test(label)) return 'remote';
  return ONSITE.test(label) ? 'onsite' : null;
}

/** Without one of these no phrase can stand there; looking for them is much cheaper than looking for the phrases. */
const REMOTE_STEMS = [
  ...['remote', 'hybrid', 'office', 'anywhere', 'travail'],
  ...['onsite', 'on-site', 'on site', 'in-person', 'in person'],
];

/** Running text; null when it does not say, which is most of the time. `folded` is `foldInPlace` of the text. */
export function remoteModeOfText(folded: string): RemoteMode | null {
  if (!REMOTE_STEMS.some((stem) => folded.includes(stem))) return null;
  if (HYBRID_PHRASE.test(folded)) return 'hybrid';
  if (ONSITE_PHRASE.test(folded) || NOT_REMOTE.test(folded)) return 'onsite';
  return REMOTE_PHRASE.test(folded) ? 'remote' : null;
}
