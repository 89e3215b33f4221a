import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox';

/**
 * Building blocks of every shape that crosses a process. A schema is the validator, the TypeScript type and the
 * OpenAPI 3.1 schema at once (docs/adr has the reason), so nothing is declared twice.
 */
export { Type };
export type { Static, TSchema, TObject, TProperties };

/** An object that refuses unknown members: mass assignment is a 422, and answers cannot leak extra columns. */
export const Closed = <P extends TProperties>(properties: P, options: Record<string, unknown> = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

export const StringEnum = <const V extends readonly string[]>(values: V, options: Record<string, unknown> = {}) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values], ...options });

export const Uuid = (options: Record<string, unknown> = {}) => Type.String({ format: 'uuid', ...options });
/** UTC ISO-8601, as `Date.toISOString()` prints it. */
export const Timestamp = (options: Record<string, unknown> = {}) => Type.String({ format: 'date-time', ...options });
/** Calendar date, YYYY-MM-DD. */
export const CalendarDate = (options: Record<string, unknown> = {}) => Type.String({ format: 'date', ...options });
/** ISO-3166 alpha-2, upper case. */
export const CountryCode = (options: Record<string, unknown> = {}) =>
  Type.String({ pattern: '^[A-Z]{2}$', examples: ['DE'], ...options });
/** ISO-4217, upper case. */
export const CurrencyCode = (options: Record<string, unknown> = {}) =>
  Type.String({ pattern: '^[A-Z]{3}$', examples: ['EUR'], ...options });
/** A line of text: trimmed length at least `min`, no control characters. */
export const Line = (min: number, max: number, options: Record<string, unknown> = {}) =>
  Type.String({
    minLength: min,
    maxLength: max,
    pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$',
    ...options,
  });
/** Longer text; line breaks and tabs allowed, NUL is not (PostgreSQL cannot store it). */
export const Text = (max: number, options: Record<string, unknown> = {}) =>
  Type.String({ maxLength: max, pattern: '^[^\\u0000]*$', ...options });
/** An address of the web as people write it; what may be called is decided by whoever calls. */
export const WebUrl = (options: Record<string, unknown> = {}) =>
  Type.String({ minLength: 1, maxLength: 2048, pattern: '^https?://[^\\u0000-\\u0020]+$', ...options });

/** `?page&per_page`, the house's paging. */
export const PageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1 })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
};

/** A page of `plural`: `{total, page, per_page, total_pages, <plural>: [...]}`. */
export const Page = <K extends string, S extends TSchema>(plural: K, item: S) =>
  Closed({
    total: Type.Integer({ minimum: 0 }),
    total_is_estimate: Type.Optional(Type.Boolean()),
    page: Type.Integer({ minimum: 1 }),
    per_page: Type.Integer({ minimum: 1 }),
    total_pages: Type.Integer({ minimum: 0 }),
    next_cursor: Type.Optional(Nullable(Type.String())),
    [plural]: Type.Array(item),
  } as {
    total: ReturnType<typeof Type.Integer>;
    page: ReturnType<typeof Type.Integer>;
    per_page: ReturnType<typeof Type.Integer>;
    total_pages: ReturnType<typeof Type.Integer>;
  } & Record<K, ReturnType<typeof Type.Array<S>>>);

export const Empty = Closed({});
