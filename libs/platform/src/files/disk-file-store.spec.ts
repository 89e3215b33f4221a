import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from '@jest/globals';
import { DiskFileStore } from './disk-file-store.js';

const root = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(root, { recursive: true }));
const store = new DiskFileStore(root);
const leftovers = (): string[] =>
  readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.part'));

describe('DiskFileStore', () => {
  it('gives back the bytes of a stream under a name nobody chose, with size and checksum', async () => {
    const bytes = Buffer.from('résumé '.repeat(50_000));
    const stored = await store.put('resumes', Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]), 1_000_000);
    expect(stored).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{40}$/),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect((await store.read('resumes', stored.id, 1_000_000)).equals(bytes)).toBe(true);
    const path = join(root, 'files', 'resumes', stored.id.slice(0, 2), stored.id);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing of a stream that is larger than allowed, and closes its source', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    await expect(store.put('resumes', endless, 200_000)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(endless.destroyed).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it('leaves nothing of a stream that breaks', async () => {
    const breaking = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        await Promise.resolve();
        throw new Error('client went away');
      })(),
    );
    await expect(store.put('broken', breaking, 1000)).rejects.toThrow('client went away');
    expect(leftovers()).toEqual([]);
    expect(await ids('broken')).toEqual([]);
  });

  const ids = async (area: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { id } of store.list(area)) found.push(id);
    return found;
  };

  it.each([
    '../../etc/passwd',
    '..',
    '',
    'a'.repeat(39),
    `${'a'.repeat(40)}/..`,
    'A'.repeat(40),
    '/etc/passwd',
    'a\0b',
  ])('knows no file %j', async (id) => {
    await expect(store.open('resumes', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.read('resumes', id, 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.delete('resumes', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['../x', '', 'a/b', 'Resumes', '.'])('refuses the area %j, which no code should name', async (area) => {
    await expect(store.put(area, Buffer.from('x'), 10)).rejects.toThrow('file area');
  });

  it('reads a piece from any place, and nothing past the end', async () => {
    const { id } = await store.put('resumes', Buffer.from('0123456789'), 10);
    const piece = async (offset: number, length: number) =>
      (await store.readPiece('resumes', id, offset, length)).toString();
    expect([await piece(0, 4), await piece(4, 4), await piece(8, 4), await piece(10, 4)]).toEqual([
      '0123',
      '4567',
      '89',
      '',
    ]);
    await expect(store.readPiece('resumes', 'a'.repeat(40), 0, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('deletes once, and says so', async () => {
    const { id } = await store.put('resumes', Buffer.from('x'), 10);
    expect(await store.delete('resumes', id)).toBe(true);
    expect(await store.delete('resumes', id)).toBe(false);
    await expect(store.open('resumes', id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('refuses to read more into memory than allowed', async () => {
    const { id } = await store.put('resumes', Buffer.alloc(100), 100);
    await expect(store.read('resumes', id, 99)).rejects.toMatchObject({ kind: 'too-large' });
  });

  it('lists what is in an area with age and size, without half-written files', async () => {
    const { id } = await store.put('exports', Buffer.alloc(3), 10);
    const shelf = join(root, 'files', 'exports', id.slice(0, 2));
    writeFileSync(join(shelf, `${'b'.repeat(40)}.part`), 'half');
    utimesSync(join(shelf, id), new Date('2026-01-01'), new Date('2026-01-01'));
    const found: unknown[] = [];
    for await (const entry of store.list('exports')) found.push(entry);
    expect(found).toEqual([{ id, bytes: 3, modifiedAt: new Date('2026-01-01') }]);
    expect(await ids('never-used')).toEqual([]);
    rmSync(join(shelf, `${'b'.repeat(40)}.part`));
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
