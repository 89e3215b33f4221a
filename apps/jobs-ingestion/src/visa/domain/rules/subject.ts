const ENGLISH =
  'sponsor\\w*|h-?1-?b\\w*|authori[sz]\\w*|right to work|(?:eligible|permitted|entitled|allowed|legally able|able) to (?:legally )?work|work legally|legally|(?:work(?:ing)?|residence|employment) permits?|citizen\\w*|nationality|permanent residen\\w+|relocat\\w*|blue card|red-white-red|immigration|green card|skilled (?:worker|migrant)s?|licen[cs]ed by|(?:eligibility|free) to work|permit process';
const OTHERS = [
  'visum\\w*|arbeitserlaubnis|arbeitsgenehmigung|aufenthalts\\w*|niederlassungserlaubnis|blaue[nr]? karte|rot-weiss-rot|umzug\\w*|staatsburgerschaft|staatsangehorigkeit|recht,? in \\w+ zu arbeiten',
  'permis de travail|titres? de sejour|autorise\\w*|autorisations? de travail|parrain\\w*|passeport talent|carte bleue|droit de travailler|ressortissant\\w*|nationalite',
  'visums|werkvergunning\\w*|verblijfsvergunning\\w*|tewerkstellingsvergunning|kennismigrant\\w*|erkend referent|gerechtigd|mag (?:je )?[^.]{0,40} werken|recht (?:om|hebt)|verhuis\\w*|nationaliteit',
  'visados?|permisos? de \\w+|patrocin\\w*|autorizaci?on|autorizad\\w+|derecho a trabajar|tarjeta azul|reubicacion|nacionalidad|ciudadania',
  'arbetstillstand\\w*|uppehallstillstand\\w*|(?:eu-)?blakort\\w*|bla kort|ratt att arbeta|medborgar\\w*',
  'vist[oi]|permess[oi] di|carta blu|nulla osta|autorizzat[oi]|diritto (?:di|a|al) lavor\\w+|cittadin\\w+|trasloc\\w+',
  'wiz\\w{0,6}|(?:pozwoleni|zezwoleni)\\w+|legalizuj\\w+|niebiesk\\w+|prawo do pracy|prawa do pracy|obywatelstw\\w+|uprawnieni\\w+',
  'vistos?|autorizacao|permissao de|cartao azul|direito (?:de|a) trabalhar|cidadania|nacionalidade',
].join('|');

/** Any word that can make a clause worth reading. */
export const TRIGGER = new RegExp(`\\b(?:visas?|visa-\\w+|${ENGLISH}|${OTHERS})`, 'g');

/** Work that somebody does with other people's visas. "We handle your visa" is an offer, "you will handle visas" a task. */
const TASKS =
  "(?<!\\b(?:we|we'll|team|colleagues?|partners?|lawyers?|agency|hr|company) (?:\\w+ ){0,3})\\b(?:track|manage|administer|process|prepare|handle|coordinate|file|maintain|oversee)\\w*\\b[^.]{0,30}\\b(?:visa|immigration)\\b(?! process for you)";
const OTHER_PEOPLE =
  '\\b(?:our|the) (?:software|platform|product|app|tool|service)s?\\b[^.]{0,60}\\b(?:visas?|sponsor|immigration|permits?)|\\b(?:visas?|blue card|immigration|permit)\\b[^.]{0,25}\\b(?:product|customers?|clients?|applicants? tracking|holders)\\b|\\b(?:kunden|mandanten|klanten|kunder|clienti|clientes|klient\\w+|nos clients|utilisateurs|usuarios|utenti|nutzer\\w*|gebruikers)\\b';

/** The clause is about somebody else's visa, the card company, an event or a budget. */
export const UNRELATED = new RegExp(
  [
    '\\b(?:executive|project|business|client|study|faculty|government|corporate|event|company|employer|title|main|official|state|non)[ -]sponsor(?:ed|s)?\\b(?! (?:visa|work|immigration|employment))',
    '\\bsponsored (?:research|awards?|funds|projects?|health|benefits?|programs?|content|posts?|events?|activities)',
    '\\bsponsorship (?:proposals?|packages?|deals?|revenue|opportunit|sales|inventory|team|activation)',
    TASKS,
    OTHER_PEOPLE,
    '\\b(?:experience|knowledge|familiarity|expertise) (?:with|in|of)\\b[^.]{0,30}\\b(?:visa|immigration|sponsor)',
    '\\bvisa (?:inc|direct|consulting|leadership|payment|card|cards|network|statuses|applicants? tracking)\\b',
    '\\b(?:mastercard|amex)\\b',
    "\\bvisa's (?!at )",
    '-sponsored\\b',
    '\\bencouraged to apply\\b',
    '\\b(?:checks?|verification)\\b[^.]{0,40}\\b(?:right to work|eligibility|authori[sz]ation)',
    '\\bvisa (?:procedures|regulations)\\b|\\bvisa-free\\b',
  ].join('|'),
);
