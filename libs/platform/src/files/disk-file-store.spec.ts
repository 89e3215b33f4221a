import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from '@jest/globals';
import { DiskFileStore } from './disk-file-store.js';
import { newFileId } from './file-store.js';

const root = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(root, { recursive: true }));
const store = new DiskFileStore(root);
const shelfOf = (area: string, id: string): string => join(root, 'files', area, id.slice(0, 2));
const ids = async (area: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { id } of store.list(area)) found.push(id);
  return found;
};

/** What every store does is in libs/platform/test/file-store-contract.ts. */
describe('DiskFileStore', () => {
  it('lets nobody else on the machine read a file', async () => {
    const { id } = await store.put('resumes', Buffer.from('mine'), 10);
    const path = join(shelfOf('resumes', id), id);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(shelfOf('resumes', id)).mode & 0o777).toBe(0o700);
  });

  it('leaves no half-written file of a stream that breaks or is too large', async () => {
    for (const broken of [
      Readable.from([Buffer.alloc(20)]),
      Readable.from([Buffer.alloc(5), 42], { objectMode: true }),
    ])
      await expect(store.put('broken', broken, 10)).rejects.toThrow();
    const names = readdirSync(join(root, 'files', 'broken'), { recursive: true }).map(String);
    expect(names.filter((name) => name.includes('/'))).toEqual([]);
  });

  it('finds what a dead process left half-written, and deletes it with the id it was meant for', async () => {
    const { id } = await store.put('exports', Buffer.alloc(3), 10);
    const half = join(shelfOf('exports', id), `${id}.0a1b2c3d.part`);
    writeFileSync(half, 'half');
    utimesSync(half, new Date('2026-01-01'), new Date('2026-01-01'));
    const found: unknown[] = [];
    for await (const entry of store.list('exports')) found.push(entry);
    expect(found).toContainEqual({ id, bytes: 4, modifiedAt: new Date('2026-01-01') });
    expect(found).toHaveLength(2);
    // Written again under the same id: the leftover is in nobody's way.
    expect((await store.put('exports', Buffer.from('new'), 10, id)).bytes).toBe(3);
    expect(await store.delete('exports', id)).toBe(true);
    expect(readdirSync(shelfOf('exports', id))).toEqual([]);
  });

  it('keeps its hands off names that are not its own', async () => {
    const { id } = await store.put('foreign', Buffer.alloc(3), 10);
    writeFileSync(join(shelfOf('foreign', id), 'README'), 'of an admin');
    expect(await ids('foreign')).toEqual([id]);
    expect(await store.delete('foreign', newFileId())).toBe(false);
  });

  it('says that the disk is full, in words a person can act on', async () => {
    // A disk that is really full needs a mount; the error is what the kernel gives then.
    const failing = new Readable({
      read() {
        this.destroy(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
      },
    });
    await expect(store.put('resumes', failing, 10)).rejects.toMatchObject({ code: 'STORAGE_FULL', retryable: true });
  });
});
