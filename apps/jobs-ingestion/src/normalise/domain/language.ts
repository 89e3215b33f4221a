import { foldInPlace } from './text.js';

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'nl', 'it', 'pt', 'pl', 'sv'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Function words, accents off. A word may belong to several languages; the sum decides. */
const STOP_WORDS: Readonly<Record<Language, string>> = {
  en: 'the and of to in for with you our we are will is your as this that be have or from an on at by work team',
  de: 'der die das und in zu mit fur von wir sie ist auf ein eine als im den du dich uns unsere bei sind deine ihre nicht auch oder werden sich am zum zur des dem',
  fr: 'le la les et de des du en pour un une vous nous dans avec sur est au aux votre nos notre que qui par vos ou sont ce cette plus',
  es: 'el la los las y de en para con un una que por del tu se nuestro nuestra como es al su sus o mas lo te eres somos',
  nl: 'de het een en van in voor met je wij op te is aan bij ons zijn dat als jij jouw onze naar of om die ook niet',
  it: 'il la le di e per con un una che in del della nel si dei gli alla sono come al da delle nostro anche tuo siamo lo',
  pt: 'o a os as e de em para com um uma que por da do dos das no na voce nosso nossa como ao sua seu se mais nossos',
  pl: 'i w z na do oraz dla jest sie nie od po jak lub przez ze to o za nasz twoje praca zespolu ktory',
  sv: 'och att i en det som for av med du till vi ar den pa ett har om var dig eller inte oss din kan ska',
};

const LANGUAGES_OF: ReadonlyMap<string, readonly Language[]> = (() => {
  const map = new Map<string, Language[]>();
  for (const language of LANGUAGES) {
    for (const word of STOP_WORDS[language].split(' ')) map.set(word, [...(map.get(word) ?? []), language]);
  }
  return map;
})();

const SAMPLE_CHARACTERS = 1_200;
const MIN_WORDS = 12;
/** Share of the words that must be function words of the language; running prose has 0.3 or more, lists of terms less. */
const MIN_SHARE = 0.1;
/** How far ahead of the runner-up, so that a mixed text stays unknown. */
const MIN_LEAD = 1.25;

/** The language a text is written in, or null when it is too short, mixed, or none of those known here. */
export function detectLanguage(text: string): Language | null {
  const words = foldInPlace(text.slice(0, SAMPLE_CHARACTERS)).match(/\p{L}+/gu) ?? [];
  if (words.length < MIN_WORDS) return null;
  const hits = new Map<Language, number>();
  for (const word of words) {
    const languages = LANGUAGES_OF.get(word);
    if (!languages) continue;
    // A word of one language says more than one that three share.
    for (const language of languages) hits.set(language, (hits.get(language) ?? 0) + 1 / languages.length);
  }
  const ranked = [...hits].sort((a, b) => b[1] - a[1]);
  const [best, second] = ranked;
  if (!best || best[1] / words.length < MIN_SHARE) return null;
  return best[1] >= MIN_LEAD * (second?.[1] ?? 0) ? best[0] : null;
}

/** A language tag a source states ("en", "de-DE"); null when it is none known here. */
export function languageOfTag(tag: string | null): Language | null {
  const code = tag?.trim().slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === code) ?? null;
}
