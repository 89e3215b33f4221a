import { types } from 'node:util';

/** Also true for errors of another realm, which `instanceof Error` does not see (a vm context, a worker). */
export const isError = (thrown: unknown): thrown is Error => thrown instanceof Error || types.isNativeError(thrown);

/** `code` as Node, pg and undici set it: `ENOENT`, `23505`, `UND_ERR_SOCKET`. */
export function errorCode(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const code: unknown = Reflect.get(thrown, 'code');
  return typeof code === 'string' ? code : undefined;
}
