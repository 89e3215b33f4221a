import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import sharp from 'sharp';
import { AppError } from '#kernel';
import { PictureEncoder } from './picture-encoder.js';

const encoder = new PictureEncoder();
const red = { create: { width: 400, height: 300, channels: 3 as const, background: { r: 250, g: 10, b: 10 } } };

const failure = async (bytes: Uint8Array): Promise<unknown> => {
  const [outcome] = await Promise.allSettled([encoder.encode(bytes, 'file')]);
  return outcome?.status === 'rejected' ? outcome.reason : undefined;
};

/** A PNG whose header claims another size than its data has. */
function claiming(png: Buffer, width: number, height: number): Buffer {
  const lying = Buffer.from(png);
  lying.writeUInt32BE(width, 16);
  lying.writeUInt32BE(height, 20);
  lying.writeUInt32BE(crc32(lying.subarray(12, 29)), 29);
  return lying;
}

describe('pictures of strangers', () => {
  let jpeg: Buffer;
  let png: Buffer;
  beforeAll(async () => {
    jpeg = await sharp(red)
      .withExif({ IFD0: { Artist: 'PLANTED-ARTIST' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1' } })
      .jpeg()
      .toBuffer();
    png = await sharp(red).png().toBuffer();
  });

  it.each(['jpeg', 'png', 'webp'] as const)('of kind %s become squares of three sizes', async (format) => {
    const encoded = await encoder.encode(await sharp(red).toFormat(format).toBuffer(), 'file');
    for (const [size, bytes] of Object.entries(encoded)) {
      expect(await sharp(bytes).metadata()).toMatchObject({
        format: 'webp',
        width: Number(size),
        height: Number(size),
      });
    }
    const { dominant } = await sharp(await sharp(encoded[64]).png().toBuffer()).stats();
    expect(dominant.r).toBeGreaterThan(200);
    expect(dominant.b).toBeLessThan(60);
  });

  it('lose where, when and by whom they were taken', async () => {
    expect(jpeg.includes('PLANTED-ARTIST')).toBe(true);
    const encoded = await encoder.encode(jpeg, 'file');
    for (const bytes of Object.values(encoded)) {
      expect(await sharp(bytes).metadata()).not.toMatchObject({ exif: expect.anything() });
      expect(bytes.includes('PLANTED-ARTIST')).toBe(false);
    }
  });

  it.each([
    ['a page behind a JPEG', () => Buffer.concat([jpeg, Buffer.from('<script>PLANTED()</script>')])],
    ['an archive behind a PNG', () => Buffer.concat([png, Buffer.from('PK\u0003\u0004PLANTED')])],
  ])('lose what hides in them: %s', async (_what, make) => {
    const encoded = await encoder.encode(make(), 'file');
    for (const bytes of Object.values(encoded)) expect(bytes.includes('PLANTED')).toBe(false);
  });

  it('stand upright as the camera was held', async () => {
    // Left half red, right half blue, to be turned by a quarter: red comes to the top.
    const blue = await sharp({ create: { width: 200, height: 400, channels: 3, background: '#0000ff' } })
      .png()
      .toBuffer();
    const turned = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#ff0000' } })
      .composite([{ input: blue, left: 200, top: 0 }])
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const encoded = await encoder.encode(turned, 'file');
    const top = await sharp(encoded[64]).extract({ left: 0, top: 0, width: 64, height: 20 }).png().toBuffer();
    const { dominant } = await sharp(top).stats();
    expect(dominant.r).toBeGreaterThan(dominant.b);
  });

  it('keep their transparency', async () => {
    const clear = {
      create: { width: 80, height: 80, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    };
    const encoded = await encoder.encode(await sharp(clear).png().toBuffer(), 'file');
    expect(await sharp(encoded[64]).metadata()).toMatchObject({ hasAlpha: true });
  });

  it.each([
    ['nothing', ''],
    ['a GIF', 'GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;'],
    ['a GIF that is a script', 'GIF89a/*\u0000*/=1;alert(1)//'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['an SVG with a declaration', '<?xml version="1.0"?><!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg/>'],
    ['a page', '<!doctype html><script>alert(1)</script>'],
    ['a PDF', '%PDF-1.7\n'],
    ['a TIFF', 'II*\u0000'],
    ['a BMP', 'BM'],
    ['an archive', 'PK\u0003\u0004'],
    ['a film', 'RIFF\u0000\u0000\u0000\u0000AVI '],
    ['a HEIC', '\u0000\u0000\u0000\u0018ftypheic'],
    ['a program', '\u007fELF'],
  ])('are refused as no picture of ours: %s', async (_what, text) => {
    expect(await failure(Buffer.from(text, 'latin1'))).toMatchObject({
      kind: 'invalid',
      details: [{ field: 'file', message: 'must be a JPEG, PNG or WebP picture' }],
    });
  });

  it.each([
    ['the head of a JPEG before a page', () => Buffer.from('\xff\xd8\xff<html><script>alert(1)</script>', 'latin1')],
    ['the head of a PNG before an SVG', () => Buffer.concat([png.subarray(0, 8), Buffer.from('<svg/>')])],
    ['the head of a WebP and no more', () => Buffer.from('RIFF\x04\x00\x00\x00WEBP', 'latin1')],
    ['half of a JPEG', () => jpeg.subarray(0, jpeg.length / 2)],
    ['half of a PNG', () => png.subarray(0, png.length / 2)],
    ['a PNG that claims more than it has', () => claiming(png, 4000, 4000)],
  ])('are refused as damaged: %s', async (_what, make) => {
    expect(await failure(make())).toMatchObject({
      kind: 'invalid',
      details: [{ field: 'file', message: expect.stringMatching('damaged') }],
    });
  });

  it.each([
    ['50,000 × 50,000', 50_000, 50_000],
    ['one line of a billion', 1_000_000, 41],
    ['a little more than allowed', 8_000, 5_001],
  ])('are refused by their head alone when they claim %s', async (_what, width, height) => {
    const before = process.memoryUsage().rss;
    const reason = await failure(claiming(png, width, height));
    expect(reason).toBeInstanceOf(AppError);
    expect(reason).toMatchObject({ kind: 'invalid', details: [{ field: 'file' }] });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('are refused when there is too little to see', async () => {
    const tiny = await sharp({ create: { width: 63, height: 500, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    expect(await failure(tiny)).toMatchObject({ details: [{ message: 'must be at least 64 × 64 pixels' }] });
  });

  it('however damaged, become squares or are refused by name; nothing else ever comes out', async () => {
    const sources = fc.constantFrom(
      () => jpeg,
      () => png,
    );
    const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sources, damage, async (source, hits) => {
        const bytes = Buffer.from(source());
        for (const { at, byte } of hits) bytes[at % bytes.length] = byte;
        const reason = await failure(bytes);
        if (reason !== undefined) expect(reason).toMatchObject({ kind: 'invalid', details: [{ field: 'file' }] });
      }),
      { numRuns: 60 },
    );
  });

  it('that come too many at once are told to come back', async () => {
    const all = await Promise.all(Array.from({ length: 30 }, () => failure(jpeg)));
    const refused = all.filter((reason) => reason !== undefined);
    expect(refused.length).toBeGreaterThan(0);
    expect(all.filter((reason) => reason === undefined)).toHaveLength(17);
    for (const reason of refused) expect(reason).toMatchObject({ kind: 'rate-limited', retryable: true });
  });
});
