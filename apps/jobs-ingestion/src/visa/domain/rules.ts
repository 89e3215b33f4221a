import { type VISA_POLARITIES } from '#contracts';

export type VisaPolarity = (typeof VISA_POLARITIES)[number];

export interface VisaRule {
  /** Stable name, kept with the evidence. It begins with the language; `-conditional` promises nothing. */
  name: string;
  polarity: VisaPolarity;
  /** Matched against one folded clause (lower case, accents off). */
  pattern: RegExp;
  /** Only where the clause is an item of a list. */
  listItemOnly?: boolean;
}

/** Any word that can make a clause worth reading. */
export const TRIGGER =
  /\b(?:visas?|visum\w*|visado\w*|sponsor\w*|h-?1-?b\w*|authori[sz]\w*|right to work|(?:eligible|permitted|entitled|allowed|legally able|able) to (?:legally )?work|work legally|legally|work permits?|citizen\w*|relocat\w*|arbeitserlaubnis|arbeitsgenehmigung|aufenthalts\w*|blue card|blaue karte|umzug\w*|permis de travail|titre de sejour|autorise\w*|autorisation de travail|parrain\w*|werkvergunning|kennismigrant\w*|gerechtigd|permiso de trabajo|patrocin\w*|autorizaci?on|derecho a trabajar|reubicacion|verhuis\w*|visa-\w+|immigration|green card)/g;

/** The clause is about somebody else's visa, the card company, an event or a budget. */
export const UNRELATED =
  /\b(?:executive|project|business|client|study|faculty|government|corporate|event|company|employer|government|title|main|official|state|non)[ -]sponsor(?:ed|s)?\b(?! (?:visa|work|immigration|employment))|\bsponsored (?:research|awards?|funds|projects?|health|benefits?|programs?|content|posts?|events?|activities)|\bsponsorship (?:proposals?|packages?|deals?|revenue|opportunit|sales|inventory|team|activation)|\b(?:track|manage|administer|process|prepare|handle|coordinate|file|maintain|oversee)\w*\b[^.]{0,30}\b(?:visa|immigration)\b|\b(?:experience|knowledge|familiarity|expertise) (?:with|in|of)\b[^.]{0,30}\b(?:visa|immigration|sponsor)|\bvisa (?:inc|direct|consulting|leadership|payment|card|cards|network|statuses|applicants? tracking)\b|\b(?:mastercard|amex)\b|\bvisa's (?!at )|-sponsored\b|\bencouraged to apply\b|\b(?:checks?|verification)\b[^.]{0,40}\b(?:right to work|eligibility|authori[sz]ation)|\bvisa (?:procedures|regulations)\b/;

const IMMIGRATION = String.raw`(?:visas?|h-?1-?b\w*|work(?:ing)? permits?|work authori[sz]ations?|immigration|employment[- ]based|blue cards?|green cards?|tn visa|o-?1|opt|cpt)`;
const NOT = String.raw`(?:not|cannot|can't|cant|won't|don't|doesn't|isn't|aren't|unable|never|neither|nor|no longer)`;

const ENGLISH: readonly VisaRule[] = [
  {
    name: 'en-refuses-not-sponsoring',
    polarity: 'refuses',
    pattern: new RegExp(
      `\\b${NOT}\\b[^.]{0,60}\\bsponsor(?:ing|s)?\\b(?![^.]{0,30}\\b(?:events?|conferences?|meetups?|teams?|research|projects?|athletes?|benefits?)\\b)`,
    ),
  },
  {
    name: 'en-refuses-not-sponsorship',
    polarity: 'refuses',
    pattern: new RegExp(`\\b${NOT}\\b[^.]{0,80}\\bsponsorships?\\b`),
  },
  { name: 'en-refuses-no-sponsorship', polarity: 'refuses', pattern: /\bno\b[^.,]{0,40}\bsponsor(?:ship|ing|ed)?\b/ },
  {
    name: 'en-refuses-without-sponsorship',
    polarity: 'refuses',
    pattern:
      /\bwithout\b[^.]{0,90}(?:\b|for)(?:visa|immigration|employment|employer|company)?[ -]?\w*'? ?sponsor(?:ship|ing)?\b/,
  },
  {
    name: 'en-refuses-sponsorship-unavailable',
    polarity: 'refuses',
    pattern:
      /\bsponsorship\b[^.]{0,50}\b(?:not|unavailable|isn't|aren't|cannot|none)\b|\bsponsorship\s*[:-]\s*(?:no\b|n\/a|none)/,
  },
  {
    name: 'en-refuses-visa-help',
    polarity: 'refuses',
    pattern: new RegExp(
      `\\b(?:${NOT}|no)\\b[^.]{0,40}\\b(?:assist|help|support|provide|offer|accept|consider|process)?\\w*\\b[^.]{0,25}\\b${IMMIGRATION}(?: (?:support|assistance|help|transfers?|applications?))?\\b(?! (?:required|needed|necessary))`,
    ),
  },
  {
    name: 'en-refuses-those-who-need-it',
    polarity: 'refuses',
    pattern:
      /\b(?:do not|don't|please don't|should not) apply\b[^.]{0,60}\bsponsor|\b(?:need|require|requiring|needing)\b[^.]{0,50}\bsponsorship\b[^.]{0,60}\b(?:not be considered|not eligible|cannot be considered|will be rejected|declined)/,
  },
  {
    name: 'en-refuses-to-hire-who-need-it',
    polarity: 'refuses',
    pattern: new RegExp(`\\b${NOT}\\b[^.]{0,90}\\b(?:need|require)\\b[^.]{0,60}\\bsponsor`),
  },
  {
    name: 'en-refuses-visa-label',
    polarity: 'refuses',
    pattern: /\bvisas?(?: ?[/&] ?relocation| sponsorship| support)?\s*:\s*(?:no\b|not\b|none\b|n\/a)/,
  },
  {
    name: 'en-offers-conditional',
    polarity: 'offers',
    pattern:
      /\b(?:may|might|could|can)\b[^.]{0,40}\b(?:sponsor\b[^.]{0,40}\bvisa|visa (?:sponsorship|support))[^.]{0,60}\b(?:if|case|exceptional|right candidate|depending|where)\b|\bmay\b[^.]{0,30}\bsponsor\b[^.]{0,40}\bvisa|\b(?:visa|immigration) (?:sponsorship|support)\b[^.]{0,60}\b(?:case[- ]by[- ]case|may be|might be|could be|exceptional|right candidate|in some cases|depending on)\b/,
  },
  {
    name: 'en-offers-sponsorship-available',
    polarity: 'offers',
    pattern:
      /\b(?:visas?|h-?1-?b\w*|work permits?|immigration)\b[\s/&-]{0,3}(?:and |& |relocation )*(?:sponsor(?:ship|ing)s?|support|assistance|transfers?|help)?[\s(:-]{0,3}(?:for [^.]{0,25})?(?:is |are |can be |will be |also )*(?:available|offered|provided|possible|included|covered|welcome|yes|ok)\b/,
  },
  {
    name: 'en-offers-transfer',
    polarity: 'offers',
    pattern:
      /\b(?:can|will|open to|accept|support|do|offer|handle)\b[^.]{0,20}\b(?:visas?|h-?1-?b) (?:transfers?|sponsor)\b|\bvisa transfers? \(/,
  },
  {
    name: 'en-offers-immigration-sponsorship',
    polarity: 'offers',
    pattern:
      /\b(?:visa|immigration|work permit) sponsorship for (?:qualified|eligible|strong|exceptional|all|international)\b|\bvisa:? will sponsor\b/,
  },
  {
    name: 'en-offers-we-sponsor',
    polarity: 'offers',
    pattern: new RegExp(
      `\\b(?:we|will|can|to|happy|able|willing|company|gladly|do|also|and)\\b[^.]{0,25}\\bsponsor(?:s|ing)?\\b[^.]{0,35}\\b(?:${IMMIGRATION}|candidates?|applicants?|you)\\b`,
    ),
  },
  {
    name: 'en-offers-we-provide',
    polarity: 'offers',
    pattern: new RegExp(
      `\\b(?:we|offer\\w*|provid\\w*|includ\\w*|cover\\w*|help\\w*|assist\\w*|support\\w*|handle|arrange|open to|take care of|get|receive|benefits?|perks?|plus|full)\\b[^.]{0,60}\\b(?:${IMMIGRATION})(?:[^.]{0,12}\\b(?:sponsorship|support|assistance|transfers?|costs?|fees?|process|application|package)\\b)`,
    ),
  },
  {
    name: 'en-offers-help-with-visa',
    polarity: 'offers',
    pattern:
      /\b(?:help|assist|support|assistance|take care|paid|pay)\w*\b[^.]{0,20}\b(?:with|of|for|in)\b[^.]{0,25}\b(?:visa|work permit|relocation and visa|immigration)\b/,
  },
  {
    name: 'en-offers-visa-and-relocation',
    polarity: 'offers',
    pattern:
      /\brelocation\s?(?:&|and|\+|\/|,)\s?visa\b|\bvisas?(?: sponsorship| support)?\s?(?:&|and|\+|\/)\s?(?:relocation|€|\$|£|housing)/,
  },
  {
    name: 'en-offers-list-item',
    polarity: 'offers',
    listItemOnly: true,
    pattern:
      /^\W*(?:visas?|visa sponsor(?:ship|ed|ing|s)?|visa support|h-?1-?b(?: transfer| sponsorship)?)(?:[^a-z]{1,3}(?:available|possible|ok|offered|relocation|yes|provided|€|\$|£).*)?\W*$/,
  },
  {
    name: 'en-offers-perk',
    polarity: 'offers',
    pattern: /(?:^\W*|[,:+&-]\s?)(?:visa|immigration) (?:sponsorship|support)\W*(?:$|[,+&(]|- )/,
  },
  {
    name: 'en-offers-sponsorship-label',
    polarity: 'offers',
    pattern: /^\W*(?:visa )?sponsorship\s*[:-]?\s*(?:is )?(?:available|yes|offered|possible|provided)\b/,
  },
  {
    name: 'en-requires-authorised',
    polarity: 'requires_existing_authorization',
    pattern:
      /\b(?:authori[sz]ed|legal right|right|legally able) to (?:legally )?work\b|\b(?:eligible|permitted|entitled|allowed) to (?:legally )?work,? (?:in|within|for|without|anywhere in)\b|\bwork legally\b|\blegally (?:authori[sz]ed|eligible|entitled|permitted|allowed)\b|\bauthori[sz]ation to work\b/,
  },
  {
    name: 'en-requires-permit',
    polarity: 'requires_existing_authorization',
    pattern:
      /\b(?:must|need|should|have|hold|possess|with|require\w*|valid|existing|current|proof of)\b[^.]{0,40}\b(?:work(?:ing)? (?:permit|visa|authori[sz]ation)|residence permit|employment authori[sz]ation)\b|\bwork (?:authori[sz]ation|permit)\b[^.]{0,20}\b(?:required|needed|necessary|mandatory|only)\b/,
  },
  {
    name: 'en-requires-citizenship',
    polarity: 'requires_existing_authorization',
    pattern:
      /\b(?:citizens?(?:hip)?|green card|permanent residents?)\b[^.]{0,30}\b(?:only|required|must)\b|\b(?:must be|only)\b[^.]{0,25}\b(?:citizens?|permanent residents?)\b/,
  },
];

const GERMAN: readonly VisaRule[] = [
  {
    name: 'de-refuses',
    polarity: 'refuses',
    pattern:
      /\b(?:kein\w*|nicht|leider)\b[^.]{0,50}\b(?:visa|visum\w*|arbeitserlaubnis|arbeitsgenehmigung)[ -]?\w*\b[^.]{0,40}\b(?:sponsor\w*|sponsern|anbieten|unterstutz\w*|ubernehmen|beantragen|moglich)|\bkein\w*\b[^.]{0,20}\b(?:visa|visum)s?[ -]?(?:sponsor\w*|unterstutzung|support)|\b(?:visa|visum)s?[ -]?(?:sponsor\w*|unterstutzung)\b[^.]{0,70}\b(?:nicht|leider|kein\w*)\b/,
  },
  {
    name: 'de-offers',
    polarity: 'offers',
    pattern:
      /\b(?:unterstutz\w*|hilf\w*|helfen|ubernehmen|kummern|begleiten)\b[^.]{0,50}\b(?:visum\w*|visa\b|visa-\w+|arbeitserlaubnis|arbeitsgenehmigung|aufenthaltstitel|blaue karte|blue card)|\b(?:visum|visa)s?[ -]?(?:sponsoring|sponsorship|unterstutzung|support|hilfe)\b(?:[^.]{0,30}\b(?:moglich|verfugbar|inklusive|angeboten)\b|\W*$|\s?(?:&|und|,))|\b(?:visum\w*|arbeitserlaubnis)\b[^.]{0,30}\b(?:unterstutzen wir|helfen wir|ubernehmen wir|wir unterstutzen)/,
  },
  {
    name: 'de-requires',
    polarity: 'requires_existing_authorization',
    pattern: /\b(?:arbeitserlaubnis|arbeitsgenehmigung|aufenthaltstitel|aufenthaltserlaubnis)\b/,
  },
  {
    name: 'de-relocation',
    polarity: 'relocation',
    pattern: /\bumzugs(?:hilfe|unterstutzung|kosten\w*|pauschale|paket)\b/,
  },
];

const FRENCH: readonly VisaRule[] = [
  {
    name: 'fr-refuses',
    polarity: 'refuses',
    pattern:
      /\b(?:pas|aucun\w*|sans|impossible)\b[^.]{0,40}\b(?:sponsor\w*|parrain\w*)\b|\bn(?:e|')[^.]{0,40}\bpas\b[^.]{0,50}\b(?:visas?|permis de travail)\b/,
  },
  {
    name: 'fr-offers',
    polarity: 'offers',
    pattern:
      /\b(?:parrainage|sponsoring|sponsorisation|sponsorisons|parrainons)\b[^.]{0,25}\bvisas?\b|\b(?:aid(?:e|ons|er)|accompagn(?:ement|ons|er)|prise? en charge|soutien|soutenons|assistance (?:pour|a|dans))\b[^.]{0,50}\b(?:visas?|permis de travail)\b|\bvisas? (?:pris en charge|sponsorise\w*|fourni)/,
  },
  {
    name: 'fr-requires',
    polarity: 'requires_existing_authorization',
    pattern: /\bautorise\w* a travailler\b|\b(?:permis de travail|titre de sejour|autorisation de travail)\b/,
  },
];

const DUTCH: readonly VisaRule[] = [
  {
    name: 'nl-refuses',
    polarity: 'refuses',
    pattern:
      /\b(?:geen|niet)\b[^.]{0,40}\b(?:visum\w*|visa\b|werkvergunning\w*|sponsoring)\b[^.]{0,30}|\bvisum\w*\b[^.]{0,30}\b(?:niet mogelijk|niet beschikbaar)\b/,
  },
  {
    name: 'nl-offers',
    polarity: 'offers',
    pattern:
      /\b(?:wij|we|hulp|ondersteuning|ondersteunen|helpen|regelen|verzorgen)\b[^.]{0,40}\b(?:visum\w*|werkvergunning|kennismigrant\w*)\b|\bvisum(?:sponsoring|ondersteuning)\b|\bkennismigrant\w*\b[^.]{0,25}\b(?:welkom|mogelijk)\b/,
  },
  {
    name: 'nl-requires',
    polarity: 'requires_existing_authorization',
    pattern: /\bwerkvergunning\b|\bgerechtigd (?:om )?[^.]{0,30}\bte werken\b/,
  },
  { name: 'nl-relocation', polarity: 'relocation', pattern: /\bverhuis(?:vergoeding|kosten\w*)\b/ },
];

const SPANISH: readonly VisaRule[] = [
  {
    name: 'es-refuses',
    polarity: 'refuses',
    pattern:
      /\b(?:no|sin)\b[^.]{0,40}\b(?:patrocin\w*|sponsor\w*|visas?|visados?|permisos? de trabajo)\b(?! (?:requerid|necesari))/,
  },
  {
    name: 'es-offers',
    polarity: 'offers',
    pattern:
      /\bpatrocin(?:io|amos|ar|io)\b[^.]{0,25}\b(?:visas?|visados?)\b|\b(?:apoyo|ayuda\w*|ayudamos|ofrecemos|gestion\w*|tramit\w*|asistencia)\b[^.]{0,40}\b(?:visas?|visados?|permiso de trabajo)\b/,
  },
  {
    name: 'es-requires',
    polarity: 'requires_existing_authorization',
    pattern: /\bpermiso de trabajo\b|\bautorizacion (?:para trabajar|de trabajo)\b|\bderecho a trabajar\b/,
  },
];

const RELOCATION: readonly VisaRule[] = [
  {
    name: 'relocation',
    polarity: 'relocation',
    pattern:
      /\brelocation (?:assistance|support|package|bonus|help|reimburse\w*|allowance|costs?|budget|offered|available|provided|possible|stipend)\b|\b(?:assist|help|support)\w*\b[^.]{0,25}\brelocat\w*|\b(?:ayuda|apoyo)\b[^.]{0,20}\breubicacion\b/,
  },
  {
    name: 'relocation-item',
    polarity: 'relocation',
    listItemOnly: true,
    pattern: /^\W*relocation(?: ok| yes)?\W*$/,
  },
];

/**
 * In the order they are tried for one clause: a refusal is the stronger statement where both words occur, and
 * "authorized to work without sponsorship" refuses rather than merely requires.
 */
export const VISA_RULES: readonly VisaRule[] = (() => {
  const all = [...ENGLISH, ...GERMAN, ...FRENCH, ...DUTCH, ...SPANISH, ...RELOCATION];
  const order: readonly VisaPolarity[] = ['refuses', 'offers', 'requires_existing_authorization', 'relocation'];
  return order.flatMap((polarity) => all.filter((rule) => rule.polarity === polarity));
})();
