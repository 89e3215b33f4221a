import { cleanLine } from '../../normalise/domain/text.js';

/** Reading answers of strangers: every accessor says null for what is missing or of another type. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const asObject = (value: unknown): JsonObject | null => (isObject(value) ? value : null);

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MAX_ITEMS = 20_000;
export const asArray = (value: unknown): readonly unknown[] | null =>
  Array.isArray(value) ? value.slice(0, MAX_ITEMS) : null;

/** One clean line, whole numbers included: ids come as either. */
export function asLine(value: unknown, max: number): string | null {
  if (typeof value === 'string') return cleanLine(value, max);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/** Text as it is; the caller cleans it. */
export const asText = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;

/** A finite number, also where it is written as text. */
export function asNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export const asBoolean = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

/** The clean lines among the items. */
export const asLines = (value: unknown, max: number): string[] =>
  (asArray(value) ?? []).map((item) => asLine(item, max)).filter((line) => line !== null);
