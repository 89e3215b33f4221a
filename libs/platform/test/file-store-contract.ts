import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FileStore, newFileId } from '#platform';

/** What the services rely on, whichever store it is. */
export function describeFileStore(open: () => FileStore): void {
  const idsIn = async (area: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { id } of open().list(area)) found.push(id);
    return found.sort();
  };
  const pieces = (...parts: Uint8Array[]): Readable => Readable.from(parts, { objectMode: true });

  it('gives back the bytes of a stream under a name nobody chose, with size and checksum', async () => {
    const bytes = Buffer.from('résumé '.repeat(50_000));
    const stored = await open().put('resumes', pieces(bytes.subarray(0, 7), bytes.subarray(7)), 1_000_000);
    expect(stored).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{40}$/),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect((await open().read('resumes', stored.id, 1_000_000)).equals(bytes)).toBe(true);
    const { stream, bytes: size } = await open().open('resumes', stored.id);
    const chunks: unknown[] = await stream.toArray();
    expect(Buffer.concat(chunks.filter((chunk) => Buffer.isBuffer(chunk))).equals(bytes)).toBe(true);
    expect(size).toBe(bytes.length);
  });

  it('keeps files of every size up to the bound, and an empty one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (content) => {
        const { id, bytes } = await open().put('any-size', content, 5_000);
        expect(bytes).toBe(content.byteLength);
        expect(Buffer.compare(await open().read('any-size', id, 5_000), content)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps a file that is larger than one part of an upload', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const parts = Array.from({ length: 19 }, () => megabyte);
    const { id, bytes } = await open().put('large', pieces(...parts, Buffer.from('end')), 20 * 1024 * 1024);
    expect(bytes).toBe(19 * 1024 * 1024 + 3);
    expect((await open().readPiece('large', id, bytes - 5, 100)).toString()).toBe('xxend');
    await open().delete('large', id);
  });

  it('writes under the name a caller noted before, again over what is there', async () => {
    const id = newFileId();
    expect(await open().put('noted', Buffer.from('first'), 10, id)).toMatchObject({ id, bytes: 5 });
    expect(await open().put('noted', Buffer.from('second'), 10, id)).toMatchObject({ id, bytes: 6 });
    expect((await open().read('noted', id, 10)).toString()).toBe('second');
    expect(await idsIn('noted')).toEqual([id]);
  });

  it('leaves nothing of a stream that is larger than allowed, and closes its source', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    await expect(open().put('too-large', endless, 200_000)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(endless.destroyed).toBe(true);
    expect(await idsIn('too-large')).toEqual([]);
  });

  it('leaves nothing of a stream that breaks, and passes its reason on', async () => {
    const breaking = Readable.from(
      (async function* () {
        yield Buffer.alloc(9 * 1024 * 1024);
        await Promise.resolve();
        throw new Error('client went away');
      })(),
    );
    await expect(open().put('broken', breaking, 100 * 1024 * 1024)).rejects.toThrow('client went away');
    expect(await idsIn('broken')).toEqual([]);
  });

  it('lists what is being written, so that a sweep finds it; who deletes it lets the writer fail and leave nothing', async () => {
    const id = newFileId();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isRead = (): void => undefined;
    const read = new Promise<void>((resolve) => (isRead = resolve));
    const slow = Readable.from(
      (async function* () {
        // Two whole parts of an upload, and a third begun.
        for (let part = 0; part < 18; part += 1) yield Buffer.alloc(1024 * 1024);
        isRead();
        await held;
        yield Buffer.from('end');
      })(),
    );
    const writing = open().put('half', slow, 100 * 1024 * 1024, id);
    const outcome = writing.then(
      () => 'stored',
      () => 'failed',
    );
    await read;
    for (let tries = 0; (await idsIn('half')).length === 0 && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await idsIn('half')).toEqual([id]);
    await expect(open().open('half', id)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await open().delete('half', id)).toBe(false);
    expect(await idsIn('half')).toEqual([]);
    goOn();
    expect(await outcome).toBe('failed');
    expect(await idsIn('half')).toEqual([]);
  });

  it('reads a piece from any place, and nothing past the end', async () => {
    const { id } = await open().put('resumes', Buffer.from('0123456789'), 10);
    const piece = async (offset: number, length: number) =>
      (await open().readPiece('resumes', id, offset, length)).toString();
    expect([await piece(0, 4), await piece(4, 4), await piece(8, 4), await piece(10, 4), await piece(99, 1)]).toEqual([
      '0123',
      '4567',
      '89',
      '',
      '',
    ]);
    await expect(open().readPiece('resumes', newFileId(), 0, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('deletes once, and says so', async () => {
    const { id } = await open().put('resumes', Buffer.from('x'), 10);
    expect(await open().delete('resumes', id)).toBe(true);
    expect(await open().delete('resumes', id)).toBe(false);
    await expect(open().open('resumes', id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(open().read('resumes', id, 10)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('refuses to read more into memory than allowed', async () => {
    const { id } = await open().put('resumes', Buffer.alloc(100), 100);
    await expect(open().read('resumes', id, 99)).rejects.toMatchObject({ kind: 'too-large' });
  });

  it('lists what is in an area and in no other, with size and age', async () => {
    const before = Date.now();
    const { id } = await open().put('exports', Buffer.alloc(3), 10);
    await open().put('exports-old', Buffer.alloc(3), 10);
    const found = [];
    for await (const entry of open().list('exports')) found.push(entry);
    expect(found).toEqual([{ id, bytes: 3, modifiedAt: found[0]?.modifiedAt }]);
    expect(Math.abs(Number(found[0]?.modifiedAt) - before)).toBeLessThan(5_000);
    expect(await idsIn('never-used')).toEqual([]);
  });

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
    await expect(open().open('resumes', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(open().read('resumes', id, 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(open().readPiece('resumes', id, 0, 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(open().delete('resumes', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(open().put('resumes', Buffer.from('x'), 10, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['../x', '', 'a/b', 'Resumes', '.'])('refuses the area %j, which no code should name', async (area) => {
    await expect(open().put(area, Buffer.from('x'), 10)).rejects.toThrow('file area');
    await expect(idsIn(area)).rejects.toThrow('file area');
  });
}
