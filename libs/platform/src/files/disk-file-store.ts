import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { AppError, notFound } from '#kernel';
import { errorCode } from '../errors/error-facts.js';
import { FileStore, type StoredFile } from './file-store.js';

const ID = /^[0-9a-f]{40}$/;
const AREA = /^[a-z][a-z0-9-]{0,31}$/;
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Files below one folder: `<area>/<first two of the id>/<id>`. Written beside their place, flushed, then renamed: a
 * reader sees all of a file or none, also after a power cut. For one machine; replicas need a shared store.
 */
export class DiskFileStore extends FileStore {
  private readonly root: string;

  constructor(root: string) {
    super();
    this.root = resolve(root);
  }

  async put(area: string, content: Readable | Uint8Array, maxBytes: number): Promise<StoredFile> {
    const id = randomBytes(20).toString('hex');
    const path = this.path(area, id);
    const folder = join(path, '..');
    const temporary = `${path}.part`;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const written = await writeDurably(temporary, content, maxBytes);
      await rename(temporary, path);
      await syncFolder(folder);
      return { id, ...written };
    } catch (error) {
      await rm(temporary, { force: true });
      if (FULL.has(errorCode(error) ?? '')) throw diskFull(error);
      throw error;
    }
  }

  async open(area: string, id: string): Promise<{ stream: Readable; bytes: number }> {
    const path = this.path(area, id);
    const bytes = await this.sizeOf(path);
    return { stream: createReadStream(path), bytes };
  }

  async read(area: string, id: string, maxBytes: number): Promise<Buffer> {
    const { stream, bytes } = await this.open(area, id);
    if (bytes > maxBytes) {
      stream.destroy();
      throw tooLarge(maxBytes);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(toBuffer(chunk));
    return Buffer.concat(chunks);
  }

  async readPiece(area: string, id: string, offset: number, length: number): Promise<Buffer> {
    const handle = await openFile(this.path(area, id));
    try {
      const piece = Buffer.alloc(length);
      let filled = 0;
      for (let read = -1; read !== 0 && filled < length; filled += read) {
        read = (await handle.read(piece, filled, length - filled, offset + filled)).bytesRead;
      }
      return piece.subarray(0, filled);
    } finally {
      await handle.close();
    }
  }

  async delete(area: string, id: string): Promise<boolean> {
    try {
      await rm(this.path(area, id));
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async *list(area: string): AsyncIterable<{ id: string; bytes: number; modifiedAt: Date }> {
    const folder = this.areaFolder(area);
    for (const shelf of await namesIn(folder)) {
      for (const id of await namesIn(join(folder, shelf))) {
        if (!ID.test(id)) continue;
        const facts = await stat(join(folder, shelf, id));
        yield { id, bytes: facts.size, modifiedAt: facts.mtime };
      }
    }
  }

  private async sizeOf(path: string): Promise<number> {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') throw notFound('The file');
      throw error;
    }
  }

  /** Ids come back from databases and requests: anything that is not one of ours names no file. */
  private path(area: string, id: string): string {
    if (!ID.test(id)) throw notFound('The file');
    return join(this.areaFolder(area), id.slice(0, 2), id);
  }

  private areaFolder(area: string): string {
    if (!AREA.test(area)) throw new Error(`"${area}" is not the name of a file area`);
    return join(this.root, 'files', area);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw notFound('The file');
    throw error;
  }
}

async function writeDurably(
  path: string,
  content: Readable | Uint8Array,
  maxBytes: number,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const part of content instanceof Uint8Array ? [content] : content) {
      const chunk = toBuffer(part);
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(chunk);
      await writeAll(handle, chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
    // A stream that was not read to its end (too large, disk full) must not keep its source open.
    if (content instanceof Readable) content.destroy();
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength;) {
    offset += (await handle.write(chunk, offset)).bytesWritten;
  }
}

/** Without this the name of a renamed file may be gone after a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of await opendir(folder)) names.push(entry.name);
    return names;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function toBuffer(chunk: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8');
  throw new TypeError('a file is made of bytes or text');
}

const tooLarge = (maxBytes: number): AppError =>
  new AppError({ code: 'PAYLOAD_TOO_LARGE', kind: 'too-large', message: `The file is larger than ${maxBytes} bytes.` });

const diskFull = (cause: unknown): AppError =>
  new AppError({
    code: 'STORAGE_FULL',
    kind: 'unavailable',
    message: 'The disk for files is full. Reading still works; free space under DATA_DIR and repeat.',
    retryAfterMs: 30_000,
    cause,
  });
