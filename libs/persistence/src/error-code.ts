/**
 * `code` and `message` of something thrown. By shape, because errors of Node's own modules are no instances of this
 * realm's Error under jest.
 */
export const codeOf = (thrown: unknown): string | undefined => textOf(thrown, 'code');

export const messageOf = (thrown: unknown): string => textOf(thrown, 'message') ?? '';

export function textOf(thrown: unknown, key: string): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const value: unknown = Reflect.get(thrown, key);
  return typeof value === 'string' ? value : undefined;
}
