import { randomBytes } from 'node:crypto';
import { compileSchema } from '#contracts';
import { newId } from '#kernel';

type Schema = Readonly<Record<string, unknown>>;

/** Text fields whose values must mean something to the service, so that no unique text can stand there. */
const MEANT: Readonly<Record<string, unknown>> = { country: 'DE', language: 'en', time_zone: 'Europe/Berlin' };
/** A condition, or a choice among what the installation has: nothing of the person stays. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'version',
  'provider',
  'model',
  // Instead of an id, which is there.
  'requestConnection.slug',
]);

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

/**
 * Bodies with a unique text in every field a person may fill, made from the published schema: a field that is added
 * tomorrow carries one tomorrow.
 */
export class Canaries {
  /** In all of them, so that one search finds any. */
  readonly mark = `cnry${randomBytes(4).toString('hex')}`;
  /** By canary: operation and field. */
  readonly planted = new Map<string, string>();

  /** `known`: values by field, or by `operation.field`. */
  constructor(readonly known: Readonly<Record<string, unknown>>) {}

  /** One more text that is found by the mark. */
  text(where: string): string {
    const canary = `${this.mark}x${this.planted.size.toString(36)}z`;
    this.planted.set(canary, where);
    return canary;
  }

  fill(schema: Schema, where: string, example: unknown): unknown {
    const variants = listOf(schema.anyOf ?? schema.oneOf).filter(({ type }) => type !== 'null');
    const [variant] = variants;
    if (variant !== undefined) return this.fill(variant, where, example);
    const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
    if (schema.const !== undefined) return schema.const;
    if (Array.isArray(schema.enum)) return example ?? schema.enum[0];
    if (type === 'object') return this.object(schema, where, example);
    if (type === 'array') return this.array(schema, where, example);
    if (type === 'string') return this.string(schema, where, example);
    if (type === 'boolean') return example ?? true;
    return typeof example === 'number' ? example : numberFor(schema, where);
  }

  private object(schema: Schema, where: string, example: unknown): unknown {
    const given = isSchema(example) ? example : {};
    const properties = isSchema(schema.properties) ? schema.properties : {};
    return Object.fromEntries(
      Object.entries(properties)
        .filter(([name]) => !LEFT_OUT.has(name) && !LEFT_OUT.has(`${where}.${name}`))
        .map(([name, property]) => {
          const value = this.known[`${where}.${name}`] ?? this.known[name] ?? MEANT[name];
          if (value !== undefined || !isSchema(property)) return [name, value];
          return [name, this.fill(property, `${where}.${name}`, given[name])];
        }),
    );
  }

  /** One of each kind an entry may be. */
  private array(schema: Schema, where: string, example: unknown): unknown[] {
    const items = isSchema(schema.items) ? schema.items : {};
    const kinds = listOf(items.anyOf).filter(({ type }) => type !== 'null');
    const [first] = Array.isArray(example) ? (example as unknown[]) : [];
    return (kinds.length > 0 ? kinds : [items]).map((kind, index) =>
      this.fill(kind, `${where}[${index}]`, index === 0 ? first : undefined),
    );
  }

  private string(schema: Schema, where: string, example: unknown): unknown {
    const name = where.slice(where.lastIndexOf('.') + 1);
    if (schema.format === 'uuid') return newId();
    if (schema.format === 'date') return /end|until/.test(name) ? '2031-01-15' : '2026-01-15';
    if (schema.format === 'date-time') return new Date(Date.now() + 300 * 86_400_000).toISOString();
    const compiled = compileSchema(schema);
    const check = (text: string): boolean => compiled.check(text);
    const digits = String(parseInt(randomBytes(5).toString('hex'), 16)).padStart(13, '0');
    for (const shape of [(text: string) => text, (text: string) => `https://${text}.example/`]) {
      const canary = this.text(where);
      if (check(shape(canary))) return shape(canary);
      this.planted.delete(canary);
    }
    if (check(`+49${digits}`)) {
      this.planted.set(digits, where);
      return `+49${digits}`;
    }
    return example ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined);
  }
}

function numberFor({ minimum, maximum }: Schema, where: string): number {
  const wanted = /max/.test(where) ? 60 : 40;
  return Math.max(Number(minimum ?? wanted), Math.min(Number(maximum ?? wanted), wanted));
}
