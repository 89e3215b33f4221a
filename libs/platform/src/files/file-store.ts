import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AppError, notFound } from '#kernel';

/** What is known of a stored file. A caller never names a path. */
export interface StoredFile {
  id: string;
  bytes: number;
  /** Hex. */
  sha256: string;
}

export interface ListedFile {
  id: string;
  bytes: number;
  modifiedAt: Date;
}

/**
 * Where files of people live: a disk, or an object store. Names are random, so nothing a person typed reaches it.
 * `area` separates kinds of files (`resumes`, `exports`) and is a constant of the code.
 */
export abstract class FileStore {
  /**
   * Stores the whole stream, or nothing. AppError `too-large` past `maxBytes`, `STORAGE_FULL` when the disk is full.
   * Whoever must find the file again after a crash in here writes down `id` first.
   */
  abstract put(area: string, content: Readable | Uint8Array, maxBytes: number, id?: string): Promise<StoredFile>;
  /** AppError `not-found` where there is none. */
  abstract open(area: string, id: string): Promise<{ stream: Readable; bytes: number }>;
  abstract read(area: string, id: string, maxBytes: number): Promise<Buffer>;
  /** At most `length` bytes from `offset` on; empty past the end. */
  abstract readPiece(area: string, id: string, offset: number, length: number): Promise<Buffer>;
  /** Also what was begun and not finished under this id. True when a file was deleted; repeating is harmless. */
  abstract delete(area: string, id: string): Promise<boolean>;
  /** Everything in the area, for the sweep of what no row knows: also what was begun and not finished. */
  abstract list(area: string): AsyncIterable<ListedFile>;
}

export const newFileId = (): string => randomBytes(20).toString('hex');

const ID = /^[0-9a-f]{40}$/;
const AREA = /^[a-z][a-z0-9-]{0,31}$/;

export const isFileId = (text: string): boolean => ID.test(text);

/** Ids come back from databases and requests: anything that is not one of ours names no file. */
export function assertFileId(id: string): void {
  if (!isFileId(id)) throw notFound('The file');
}

export function assertArea(area: string): void {
  if (!AREA.test(area)) throw new Error(`"${area}" is not the name of a file area`);
}

export const fileTooLarge = (maxBytes: number): AppError =>
  new AppError({ code: 'PAYLOAD_TOO_LARGE', kind: 'too-large', message: `The file is larger than ${maxBytes} bytes.` });

export function bytesOf(chunk: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8');
  throw new TypeError('a file is made of bytes or text');
}

/** A whole small file; never more than `maxBytes` of it. */
export async function readWhole(
  { stream, bytes }: { stream: Readable; bytes: number },
  maxBytes: number,
): Promise<Buffer> {
  if (bytes > maxBytes) {
    stream.destroy();
    throw fileTooLarge(maxBytes);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(bytesOf(chunk));
  return Buffer.concat(chunks);
}
