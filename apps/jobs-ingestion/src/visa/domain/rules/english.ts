import type { VisaRule } from './rule.js';

const IMMIGRATION = String.raw`(?:visas?|h-?1-?b\w*|work(?:ing)? permits?|work authori[sz]ations?|immigration|employment[- ]based|employment permits?|blue cards?|green cards?|red-white-red cards?|skilled worker|certificates? of sponsorship|tn visa|o-?1|opt|cpt)`;
const NOT = String.raw`(?:not|cannot|can't|cant|won't|don't|doesn't|isn't|aren't|unable|never|neither|nor|no longer)`;

export const ENGLISH: readonly VisaRule[] = [
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
      /\bsponsorship\b[^.]{0,50}\b(?:not|outside|beyond|unavailable|isn't|aren't|cannot|none)\b|\bsponsorship\s*[:-]\s*(?:no\b|n\/a|none)/,
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
    pattern: new RegExp(
      `\\b${NOT}\\b[^.]{0,90}\\b(?:need|require)s?\\b[^.]{0,60}\\b(?:sponsor|visas?\\b|work permits?\\b)`,
    ),
  },
  {
    name: 'en-refuses-visa-label',
    polarity: 'refuses',
    pattern: /\bvisas?(?: ?[/&] ?relocation| sponsorship| support)?\s*:\s*(?:no\b|not\b|none\b|n\/a)/,
  },
  {
    name: 'en-refuses-but-cannot',
    polarity: 'refuses',
    pattern:
      /\b(?:visas?|sponsor\w*|immigration|permits?)\b[^.]{0,40}\b(?:but|however)\W+(?:\w+ ){0,3}(?:cannot|can't|unable|not possible)\W*$/,
  },
  {
    name: 'en-offers-conditional',
    polarity: 'offers',
    pattern:
      /\b(?:may|might|could|can)\b[^.]{0,40}\b(?:sponsor\b[^.]{0,40}\bvisa|visa (?:sponsorship|support))[^.]{0,60}\b(?:if|case|exceptional|right candidate|depending|where)\b|\bmay\b[^.]{0,30}\bsponsor\b[^.]{0,40}\bvisa|\b(?:visa|immigration) (?:sponsorship|support)\b[^.]{0,60}\b(?:case[- ]by[- ]case|may be|might be|could be|will be considered|can be discussed|exceptional|right candidate|in some cases|depending on)\b|\bmight be able to sponsor\b/,
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
      /\b(?:visa|immigration|work permit) sponsorship for (?:qualified|eligible|strong|all|international|(?:highly )?skilled|this (?:role|position)|the right)\b|\bvisa:? will sponsor\b/,
  },
  {
    name: 'en-offers-we-sponsor',
    polarity: 'offers',
    pattern: new RegExp(
      `\\b(?:we|will|can|to|happy|able|willing|company|gladly|do|also|and)\\b[^.]{0,25}\\bsponsor(?:s|ing)?\\b[^.]{0,35}\\b(?:${IMMIGRATION}|candidates?|applicants?|you|your (?:application|move)|the right (?:person|one)|permits?)\\b|\\b${IMMIGRATION}[^.]{0,40}\\b(?:we|company)\\b[^.]{0,12}\\bsponsor (?:it|one|them|yours)\\b`,
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
      /\b(?:help|assist|support|assistance|take care|paid|pay)\w*\b[^.]{0,20}\b(?:with|of|for|in)\b[^.]{0,25}\b(?:visas?|work permits?|relocation and visa|immigration)\b|\b(?:happy|glad|able|willing|ready) to (?:sort out|arrange|handle|get|organi[sz]e)\b[^.]{0,20}\b(?:visas?|permits?)\b|\b(?:mobility|relocation) (?:partner|team|agency|agent)\b[^.]{0,50}\b(?:visas?|permits?)\b/,
  },
  {
    name: 'en-offers-visa-and-relocation',
    polarity: 'offers',
    pattern:
      /\brelocation\s?(?:&|and|\+|\/|,)\s?visa\b|\bvisas?(?: sponsorship| support)?\s?(?:&|and|\+|\/)\s?(?:relocation|€|\$|£|housing)/,
  },
  {
    name: 'en-offers-licence',
    polarity: 'offers',
    pattern:
      /\b(?:licen[cs]ed|recogni[sz]ed|registered|approved) (?:uk |visa |ind )?sponsors?\b|\b(?:holds?|have|has|own)\b[^.]{0,30}\b(?:sponsor(?:ship)?|skilled worker) licen[cs]e\b|\bissues?\b[^.]{0,15}\bcertificates? of sponsorship\b|\blicen[cs]ed by the home office\b|\b(?:registered|recogni[sz]ed) (?:with|by) the (?:dutch )?(?:ind|immigration)\b/,
  },
  {
    name: 'en-offers-eligible-role',
    polarity: 'offers',
    pattern:
      /\b(?:role|position|job|post|salary|it)\b[^.]{0,30}\b(?:eligible|qualif\w+)\b[^.]{0,15}\b(?:(?:skilled worker|visa) sponsorship|(?:eu )?blue card|skilled worker)\b/,
  },
  {
    name: 'en-offers-we-handle',
    polarity: 'offers',
    pattern:
      /\b(?:we|we'll|our (?:people |hr |talent |mobility )?(?:team|colleagues?|lawyers?|partners?|agency)|hr|the company)\b[^.]{0,30}\b(?:handles?|arranges?|organi[sz]es?|looks? after|takes? care of|sorts? out|deals? with|covers?|pays?(?: for)?|applies for|apply for|files?|supports?|helps? (?:you )?with|assists? (?:you )?with|get you)\b[^.]{0,40}\b(?:visas?|work permits?|employment permits?|(?:eu )?blue cards?|red-white-red cards?|immigration (?:fees|paperwork|process|costs))\b/,
  },
  {
    name: 'en-offers-list-of-perks',
    polarity: 'offers',
    pattern:
      /(?:^\W*|[,:;+&-]\s?|\band )(?:full |paid )?(?:visa|immigration|work permit) (?:sponsorship|support|assistance)(?: (?:and|plus|including|with|for you)\b|\W*$|,)/,
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
      /\b(?:authori[sz]ed|legal right|right|legally able) to (?:legally )?work\b|\b(?:eligible|permitted|entitled|allowed) to (?:legally )?work,? (?:in|within|for|without|anywhere in)\b|\bwork legally\b|\blegally (?:authori[sz]ed|eligible|entitled|permitted|allowed)\b|\bauthori[sz]ation to work\b|\b(?:proof|evidence) of (?:eligibility|right|entitlement) to work\b|\bfree to work\b[^.]{0,25}\bwithout\b/,
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
  {
    name: 'en-requires-nationality',
    polarity: 'requires_existing_authorization',
    pattern:
      /\b(?:hold|have|possess|requires?|need)\b[^.]{0,15}\b(?:swiss|eu|eea|british|uk|us|u\.s\.|german|french|european)\b[^.]{0,20}\b(?:citizenship|nationality|passport)\b|\b(?:eu|eea|swiss) (?:nationality|citizenship) or\b|\bcitizens? or (?:lawful )?permanent residents?\b/,
  },
];

/** Help with moving says nothing about visas. */
export const RELOCATION: readonly VisaRule[] = [
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
