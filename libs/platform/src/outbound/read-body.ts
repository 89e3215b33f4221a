import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}
export class BodyUnreadable extends Error {
  override readonly name = 'BodyUnreadable';
}

/**
 * The decoded body, never more than `maxBytes` of it in memory. Counted after decompression: a bomb of a few kilobytes
 * that unfolds to gigabytes ends at the bound.
 */
export async function readBody(raw: Readable, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const decoder = decoderFor(encoding);
  // Errors of the socket have to reach the one who reads the decoder.
  const source = decoder === undefined ? raw : raw.on('error', (error) => decoder.destroy(error)).pipe(decoder);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source) {
      const part = chunk as Buffer;
      bytes += part.byteLength;
      if (bytes > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`);
      chunks.push(part);
    }
  } catch (error) {
    const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
    if (typeof code === 'string' && /^(Z_|ERR__?BROTLI|ERR_.*DECOD)/.test(code)) {
      throw new BodyUnreadable('the compressed answer is broken', { cause: error });
    }
    throw error;
  } finally {
    raw.destroy();
    decoder?.destroy();
  }
  return Buffer.concat(chunks, bytes);
}

function decoderFor(encoding: string | undefined): ReturnType<typeof createGunzip> | undefined {
  switch (encoding?.trim().toLowerCase() ?? 'identity') {
    case 'identity':
    case '':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      // Several encodings on top of each other are only seen in attacks.
      throw new BodyUnreadable('the answer has a content encoding we did not ask for');
  }
}
