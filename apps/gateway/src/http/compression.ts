import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);

/** Below this the head of the answer is larger than what compression saves. */
export const MIN_COMPRESSED_BYTES = 1024;
const COMPRESSIBLE =
  /^(?:text\/|application\/(?:json|problem\+json|feed\+json|rss\+xml|xml|javascript|ld\+json)|image\/svg)/;
export type Encoding = 'br' | 'gzip';

/** What of ours the client takes, brotli first; `q=0` forbids. */
export function chooseEncoding(accepted: string | string[] | undefined): Encoding | undefined {
  if (typeof accepted !== 'string') return undefined;
  const allowed = new Set<string>();
  for (const part of accepted.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (!parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) allowed.add(name);
  }
  if (allowed.has('br')) return 'br';
  return allowed.has('gzip') || allowed.has('*') ? 'gzip' : undefined;
}

export const isCompressible = (contentType: string, bytes: number): boolean =>
  bytes > MIN_COMPRESSED_BYTES && COMPRESSIBLE.test(contentType);

/** In the thread pool. Levels for answers made anew each time: most of the gain at a fraction of the work. */
export const compress = (body: Uint8Array, encoding: Encoding): Promise<Buffer> =>
  encoding === 'br'
    ? brotlied(body, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength },
      })
    : gzipped(body, { level: 4 });
