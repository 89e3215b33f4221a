import { DELIVERY_VALUES, type DeliveryContent, type DeliveryKind } from '#contracts';
import { english } from './english.js';
import { german } from './german.js';
import type { Language } from './letter.js';
import { type WrittenLetter, writeLetter } from './write-letter.js';

export type { WrittenLetter } from './write-letter.js';

export const LANGUAGES: readonly Language<DeliveryKind>[] = [english, german];

/** What was sent lacks something the letter needs: it can never be written. */
export class IncompleteLetter extends Error {
  override readonly name = 'IncompleteLetter';
}

/** `de-AT` is German; what we do not speak is English. */
export function languageOf(tag: string | null): Language<DeliveryKind> {
  const wanted = tag?.toLowerCase().split('-')[0];
  return LANGUAGES.find((language) => language.tag === wanted) ?? english;
}

/** @throws IncompleteLetter */
export function letterFor(kind: DeliveryKind, content: DeliveryContent, expiresAt: Date | null): WrittenLetter {
  const { required, optional } = DELIVERY_VALUES[kind];
  const values: Record<string, string> = {};
  for (const name of [...required, ...optional]) {
    const value = content.values[name];
    if (value !== undefined) values[name] = value;
    else if (required.includes(name)) throw new IncompleteLetter(`${kind} needs the value "${name}"`);
  }
  if (values.link !== undefined && !isWebLink(values.link)) throw new IncompleteLetter(`${kind}: the link is none`);
  const language = languageOf(content.language);
  return writeLetter(language.letters[kind]({ values, expiresAt }), language.tag, language.footer);
}

/** Never `javascript:` and the like, whoever filled it in. */
const isWebLink = (link: string): boolean => URL.canParse(link) && /^https?:$/.test(new URL(link).protocol);
