import type { Readable } from 'node:stream';

/** What is known of a stored file. `id` is made by the store: a caller never names a path. */
export interface StoredFile {
  id: string;
  bytes: number;
  /** Hex. */
  sha256: string;
}

/**
 * Where files of people live (disk, or an object store). Names are random, so nothing a person typed reaches a file
 * system. `area` separates kinds of files (`resumes`, `exports`) and is a constant of the code.
 */
export abstract class FileStore {
  /** Stores the whole stream, or nothing. AppError `too-large` past `maxBytes`, `STORAGE_FULL` when the disk is full. */
  abstract put(area: string, content: Readable | Uint8Array, maxBytes: number): Promise<StoredFile>;
  /** AppError `not-found` where there is none. */
  abstract open(area: string, id: string): Promise<{ stream: Readable; bytes: number }>;
  abstract read(area: string, id: string, maxBytes: number): Promise<Buffer>;
  /** At most `length` bytes from `offset` on; empty past the end. */
  abstract readPiece(area: string, id: string, offset: number, length: number): Promise<Buffer>;
  /** True when something was deleted; repeating is harmless. */
  abstract delete(area: string, id: string): Promise<boolean>;
  /** Ids in the area, for the sweep of files no row knows. */
  abstract list(area: string): AsyncIterable<{ id: string; bytes: number; modifiedAt: Date }>;
}
