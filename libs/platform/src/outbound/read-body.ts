import type { Readable, Transform } from 'node:stream';
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
  let decoder: Transform | undefined;
  let connectionBroke = false;
  // Errors of the connection have to reach the one who reads the decoder; the listener stays for those after the end.
  raw.on('error', (error) => {
    connectionBroke = true;
    decoder?.destroy(error);
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    decoder = decoderFor(encoding);
    for await (const chunk of decoder === undefined ? raw : raw.pipe(decoder)) {
      const part = chunk as Buffer;
      bytes += part.byteLength;
      if (bytes > maxBytes) throw new BodyTooLarge(`more than ${maxBytes} bytes`);
      chunks.push(part);
    }
  } catch (error) {
    if (decoder === undefined || connectionBroke || error instanceof BodyTooLarge) throw error;
    throw new BodyUnreadable('the compressed answer is broken', { cause: error });
  } finally {
    raw.destroy();
    decoder?.destroy();
  }
  return Buffer.concat(chunks, bytes);
}

function decoderFor(encoding: string | undefined): Transform | undefined {
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
