import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

/** Ids the API has told so far, so that made-up requests also meet things that exist. */
export interface KnownIds {
  any(): readonly string[];
}

const MOST_ITEMS = 3;
const MOST_CHARACTERS = 60;
/** Patterns that only forbid control characters; generating from them would make nothing but noise. */
const FREE_TEXT = /^\^\[\^\\u0000/;

export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values a schema accepts. */
export function valuesOf(schema: unknown, ids: KnownIds): fc.Arbitrary<unknown> {
  if (!isSchema(schema)) return fc.jsonValue({ maxDepth: 2 });
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map((branch) => valuesOf(branch, ids)));
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom<unknown[]>(...asList(schema.enum));
  switch (schema.type) {
    case 'object':
      return objectOf(schema, ids);
    case 'array':
      return listOf(schema, ids);
    case 'string':
      return textOf(schema, ids);
    case 'integer':
      return fc.integer({ min: bound(schema, 'minimum', -1000), max: bound(schema, 'maximum', 100_000) });
    case 'number':
      return fc
        .integer({
          min: Math.ceil(bound(schema, 'minimum', -1000)),
          max: Math.floor(bound(schema, 'maximum', 100_000)),
        })
        .map((whole) => Math.min(whole + 0.5, bound(schema, 'maximum', whole + 0.5)));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(schema: Schema, ids: KnownIds): fc.Arbitrary<unknown> {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const members = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valuesOf(one, ids)]));
  return fc.record(members, { requiredKeys: required.filter((name: unknown) => typeof name === 'string') });
}

function listOf(schema: Schema, ids: KnownIds): fc.Arbitrary<unknown> {
  const minLength = bound(schema, 'minItems', 0);
  const maxLength = Math.max(minLength, Math.min(bound(schema, 'maxItems', MOST_ITEMS), MOST_ITEMS));
  const item = valuesOf(schema.items, ids);
  if (schema.uniqueItems !== true) return fc.array(item, { minLength, maxLength });
  return fc.uniqueArray(item, { minLength, maxLength, selector: (value) => JSON.stringify(value) });
}

function textOf(schema: Schema, ids: KnownIds): fc.Arbitrary<unknown> {
  const minLength = bound(schema, 'minLength', 0);
  const maxLength = Math.max(minLength, Math.min(bound(schema, 'maxLength', MOST_CHARACTERS), MOST_CHARACTERS));
  switch (schema.format) {
    case 'uuid':
      return fc.oneof({ weight: 4, arbitrary: known(ids) }, { weight: 1, arbitrary: fc.uuid() });
    case 'email':
      return fc.uuid().map((id) => `${id}@example.com`);
    case 'date':
      return day.map((date) => date.toISOString().slice(0, 10));
    case 'date-time':
      return day.map((date) => date.toISOString());
  }
  if (typeof schema.pattern === 'string' && !FREE_TEXT.test(schema.pattern)) {
    const length = bound(schema, 'maxLength', 1_000);
    return fc.stringMatching(new RegExp(schema.pattern)).filter((text) => text.length <= length);
  }
  return fc
    .string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.floor(maxLength / 3)) })
    .filter((text) => text.length <= maxLength && !hasControls(text));
}

const day = fc.date({ min: new Date('2020-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });

/** Looked up when the value is drawn: ids come in while the run goes on. */
const known = (ids: KnownIds): fc.Arbitrary<string> =>
  fc.nat().map((at) => {
    const all = ids.any();
    return all[at % Math.max(1, all.length)] ?? '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';
  });

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const hasControls = (text: string): boolean => [...text].some((character) => (character.codePointAt(0) ?? 0) < 32);

function bound(schema: Schema, name: string, otherwise: number): number {
  const value = schema[name];
  return typeof value === 'number' ? value : otherwise;
}
