import { foldInPlace } from '#kernel';
import { isWordCharacter } from './word-characters.js';

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

/** Languages a word belongs to, by their place in LANGUAGES. */
const LANGUAGES_OF: ReadonlyMap<string, readonly number[]> = (() => {
  const map = new Map<string, number[]>();
  LANGUAGES.forEach((language, index) => {
    for (const word of STOP_WORDS[language].split(' ')) map.set(word, [...(map.get(word) ?? []), index]);
  });
  return map;
})();
const LONGEST_STOP_WORD = Math.max(...[...LANGUAGES_OF.keys()].map((word) => word.length));

const SAMPLE_CHARACTERS = 1_200;
const MIN_WORDS = 12;
/** Share of the words that must be function words of the language; running prose has 0.3 or more, lists of terms less. */
const MIN_SHARE = 0.1;
/** How far ahead of the runner-up, so that a mixed text stays unknown. */
const MIN_LEAD = 1.25;

/** The language a text is written in, or null when it is too short, mixed, or none of those known here. */
export function detectLanguage(text: string, folded = foldInPlace(text.slice(0, SAMPLE_CHARACTERS))): Language | null {
  const sample = folded.slice(0, SAMPLE_CHARACTERS);
  const hits = new Float64Array(LANGUAGES.length);
  let words = 0;
  let start = -1;
  for (let index = 0; index <= sample.length; index++) {
    if (index < sample.length && isLetter(sample.charCodeAt(index))) {
      if (start < 0) start = index;
      continue;
    }
    if (start < 0) continue;
    words++;
    const languages = index - start > LONGEST_STOP_WORD ? undefined : LANGUAGES_OF.get(sample.slice(start, index));
    // A word of one language says more than one that three share.
    for (const language of languages ?? []) hits[language] = (hits[language] ?? 0) + 1 / (languages?.length ?? 1);
    start = -1;
  }
  if (words < MIN_WORDS) return null;
  const ranked = [...hits].map((count, language) => ({ count, language })).sort((a, b) => b.count - a.count);
  const [best, second] = ranked;
  if (!best || best.count / words < MIN_SHARE) return null;
  return best.count >= MIN_LEAD * (second?.count ?? 0) ? (LANGUAGES[best.language] ?? null) : null;
}

/** Digits of a text are no words of a language. */
const isLetter = (code: number): boolean => isWordCharacter(code) && !(code >= 0x30 && code <= 0x39);

/** A language tag a source states ("en", "de-DE"); null when it is none known here. */
export function languageOfTag(tag: string | null): Language | null {
  const code = tag?.trim().slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === code) ?? null;
}
