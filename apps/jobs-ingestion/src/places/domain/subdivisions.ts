/** States and provinces people write behind a city. The code is only read in that position ("Austin, TX"). */
const US =
  'AL alabama|AK alaska|AZ arizona|AR arkansas|CA california|CO colorado|CT connecticut|DE delaware|FL florida|GA georgia|HI hawaii|ID idaho|IL illinois|IN indiana|IA iowa|KS kansas|KY kentucky|LA louisiana|ME maine|MD maryland|MA massachusetts|MI michigan|MN minnesota|MS mississippi|MO missouri|MT montana|NE nebraska|NV nevada|NH new hampshire|NJ new jersey|NM new mexico|NY new york|NC north carolina|ND north dakota|OH ohio|OK oklahoma|OR oregon|PA pennsylvania|RI rhode island|SC south carolina|SD south dakota|TN tennessee|TX texas|UT utah|VT vermont|VA virginia|WA washington|WV west virginia|WI wisconsin|WY wyoming|DC district of columbia';
const CA =
  'AB alberta|BC british columbia|MB manitoba|NB new brunswick|NL newfoundland and labrador|NS nova scotia|ON ontario|PE prince edward island|QC quebec|SK saskatchewan';
const AU = 'NSW new south wales|QLD queensland|VIC victoria|TAS tasmania|ACT australian capital territory';
/** Names only: nobody writes these as bare codes. */
const NAMES_ONLY: Readonly<Record<string, string>> = {
  DE: 'bavaria|bayern|hesse|hessen|saxony|sachsen|north rhine-westphalia|nordrhein-westfalen|nrw|baden-wurttemberg|lower saxony|niedersachsen|brandenburg|thuringia|thuringen|schleswig-holstein|rhineland-palatinate|rheinland-pfalz|mecklenburg-vorpommern|saarland|sachsen-anhalt|saxony-anhalt',
  ES: 'catalonia|cataluna|catalunya|andalusia|andalucia|basque country|pais vasco|comunidad de madrid',
  FR: 'ile-de-france|provence|auvergne-rhone-alpes|occitanie|bretagne|nouvelle-aquitaine|hauts-de-france',
  NL: 'north holland|noord-holland|south holland|zuid-holland|noord-brabant|north brabant|gelderland',
  IT: 'lombardy|lombardia|lazio|piedmont|piemonte|tuscany|toscana|veneto|emilia-romagna',
  BE: 'flanders|vlaanderen|wallonia|wallonie',
  AT: 'styria|steiermark|tyrol|tirol|upper austria|oberosterreich|lower austria|niederosterreich',
  IN: 'karnataka|maharashtra|telangana|tamil nadu|haryana|uttar pradesh|gujarat|kerala|west bengal',
  BR: 'sao paulo state|minas gerais|parana|rio grande do sul|santa catarina|bahia',
};

export interface Subdivision {
  country: string;
  /** Short, comparable: "US-TX", "DE-bayern". */
  key: string;
}

const BY_CODE = new Map<string, Subdivision>();
const BY_NAME = new Map<string, Subdivision>();
for (const [country, rows] of [
  ['US', US],
  ['CA', CA],
  ['AU', AU],
] as const) {
  for (const row of rows.split('|')) {
    const space = row.indexOf(' ');
    const subdivision = { country, key: `${country}-${row.slice(0, space)}` };
    BY_CODE.set(row.slice(0, space), subdivision);
    BY_NAME.set(row.slice(space + 1), subdivision);
  }
}
for (const [country, names] of Object.entries(NAMES_ONLY)) {
  for (const name of names.split('|')) BY_NAME.set(name, { country, key: `${country}-${name}` });
}

export const subdivisionByCode = (code: string): Subdivision | undefined => BY_CODE.get(code);
export const subdivisionByName = (folded: string): Subdivision | undefined => BY_NAME.get(folded);
