import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { AppError, notFound } from '#kernel';
import { errorCode } from '../errors/error-facts.js';
import {
  assertArea,
  assertFileId,
  bytesOf,
  FileStore,
  fileTooLarge,
  isFileId,
  type ListedFile,
  newFileId,
  readWhole,
  type StoredFile,
} from './file-store.js';

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

  async put(
    area: string,
    content: Readable | Uint8Array,
    maxBytes: number,
    id: string = newFileId(),
  ): Promise<StoredFile> {
    const path = this.path(area, id);
    const folder = join(path, '..');
    // One of its own for every try: what a dead process left must not stand in the way.
    const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
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
    return readWhole(await this.open(area, id), maxBytes);
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
    const path = this.path(area, id);
    const folder = join(path, '..');
    for (const name of await namesIn(folder)) {
      // Whoever still writes it fails at the end, and leaves nothing.
      if (name.startsWith(`${id}.`)) await rm(join(folder, name), { force: true });
    }
    try {
      await rm(path);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  async *list(area: string): AsyncIterable<ListedFile> {
    const folder = this.areaFolder(area);
    for (const shelf of await namesIn(folder)) {
      for (const name of await namesIn(join(folder, shelf))) {
        const [id = ''] = name.split('.');
        const facts = await statIfThere(join(folder, shelf, name));
        if (isFileId(id) && facts !== undefined) yield { id, bytes: facts.size, modifiedAt: facts.mtime };
      }
    }
  }

  private async sizeOf(path: string): Promise<number> {
    const facts = await statIfThere(path);
    if (facts === undefined) throw notFound('The file');
    return facts.size;
  }

  private path(area: string, id: string): string {
    assertFileId(id);
    return join(this.areaFolder(area), id.slice(0, 2), id);
  }

  private areaFolder(area: string): string {
    assertArea(area);
    return join(this.root, 'files', area);
  }
}

async function statIfThere(path: string): Promise<{ size: number; mtime: Date } | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
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
      const chunk = bytesOf(part);
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw fileTooLarge(maxBytes);
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

const diskFull = (cause: unknown): AppError =>
  new AppError({
    code: 'STORAGE_FULL',
    kind: 'unavailable',
    message: 'The disk for files is full. Reading still works; free space under DATA_DIR and repeat.',
    retryAfterMs: 30_000,
    cause,
  });
