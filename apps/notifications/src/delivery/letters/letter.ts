/** What a letter says, apart from how it looks. Texts are plain; whatever needs escaping is escaped where it is written. */
export interface Letter {
  subject: string;
  blocks: readonly Block[];
}
export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'code'; code: string }
  | { kind: 'link'; label: string; url: string }
  | { kind: 'facts'; rows: readonly (readonly [label: string, value: string])[] };

/** What a template has to work with. */
export interface LetterFacts {
  values: Readonly<Record<string, string>>;
  /** After this the letter is of no use. */
  expiresAt: Date | null;
}

/** One language: a letter per kind, and the words around it. */
export interface Language<Kind extends string> {
  /** BCP 47; `lang` of the HTML. */
  tag: string;
  footer: string;
  letters: Readonly<Record<Kind, (facts: LetterFacts) => Letter>>;
}

export const text = (...parts: readonly string[]): Block => ({ kind: 'text', text: parts.join(' ') });
export const link = (label: string, url: string | undefined): Block[] =>
  url === undefined ? [] : [{ kind: 'link', label, url }];
/** Only the rows that have a value; nothing without any. */
export const facts = (rows: readonly (readonly [string, string | undefined])[]): Block[] => {
  const known = rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
  return known.length === 0 ? [] : [{ kind: 'facts', rows: known }];
};

/** In UTC and saying so: where the reader is, nobody told us. */
export function moment(tag: string, time: string | Date | null | undefined): string | undefined {
  const date = new Date(time ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return undefined;
  return new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeStyle: 'long', timeZone: 'UTC' }).format(date);
}
