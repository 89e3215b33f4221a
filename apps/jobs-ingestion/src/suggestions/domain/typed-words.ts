/** What was typed so far as text of a tsquery: every word has to begin a word. Quotes keep signs from being operators. */
export const typedWords = (typed: string): string =>
  typed
    .split(/\s+/)
    .map((word) => word.replace(/['\\]/g, ' ').trim())
    .filter((word) => word !== '')
    .map((word) => `'${word}':*`)
    .join(' & ');
