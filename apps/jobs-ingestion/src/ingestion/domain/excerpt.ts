const EXCERPT_LENGTH = 300;

/** The beginning of a text on one line, cut at a word. */
export function excerptOf(text: string): string {
  const line = text
    .slice(0, EXCERPT_LENGTH * 2)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= EXCERPT_LENGTH) return line;
  const space = line.lastIndexOf(' ', EXCERPT_LENGTH - 1);
  return `${line.slice(0, space > EXCERPT_LENGTH / 2 ? space : EXCERPT_LENGTH - 1)}…`;
}
