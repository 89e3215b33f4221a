import type { TObject, TSchema } from './schema.js';

/** A parsed query string: repeated parameters are lists. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Gives the texts of a query string the types the schema asks for, and absent parameters their default. What cannot be
 * read stays as it was, so that the validator names it; unknown parameters stay too, so that it refuses them.
 */
export function coerceQuery(schema: TObject, query: RawQuery): Record<string, unknown> {
  const coerced: [string, unknown][] = [];
  for (const [name, value] of Object.entries(query)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    const typed = property === undefined ? value : coerce(property, value);
    if (typed !== undefined) coerced.push([name, typed]);
  }
  const given = new Set(coerced.map(([name]) => name));
  for (const [name, property] of Object.entries(schema.properties)) {
    const fallback = member(property, 'default');
    if (!given.has(name) && fallback !== undefined) coerced.push([name, fallback]);
  }
  return Object.fromEntries(coerced);
}

function coerce(schema: TSchema, value: string | readonly string[] | undefined): unknown {
  if (value === undefined) return undefined;
  const node = withoutNull(schema);
  const type = member(node, 'type');
  if (type === 'array') {
    // `?skill=a,b` and `?skill=a&skill=b` mean the same.
    const items = [value].flat().flatMap((text) => text.split(','));
    const itemSchema = member(node, 'items');
    const present = items.map((text) => text.trim()).filter((text) => text !== '');
    return isSchema(itemSchema) ? present.map((text) => coerceText(itemSchema, text)) : present;
  }
  if (typeof value !== 'string') return value;
  // `?page=` is what an empty form field sends: not given.
  if (value === '' && type !== 'string') return undefined;
  return coerceText(node, value);
}

function coerceText(schema: TSchema, text: string): unknown {
  switch (member(withoutNull(schema), 'type')) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'number':
      return /^-?(\d{1,15}(\.\d{1,15})?|\.\d{1,15})$/.test(text) ? Number(text) : text;
    case 'boolean':
      if (text === 'true' || text === '1') return true;
      return text === 'false' || text === '0' ? false : text;
    default:
      return text;
  }
}

/** The other side of `Nullable(...)`: a query string cannot say null. */
function withoutNull(schema: TSchema): TSchema {
  const branches = member(schema, 'anyOf');
  if (!Array.isArray(branches)) return schema;
  const others = branches.filter((branch): branch is TSchema => isSchema(branch) && member(branch, 'type') !== 'null');
  const [only] = others;
  return others.length === 1 && only !== undefined ? only : schema;
}

const isSchema = (value: unknown): value is TSchema => typeof value === 'object' && value !== null;

const member = (schema: TSchema, key: string): unknown => Reflect.get(schema, key);
