import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import sharp from 'sharp';
import { AVATAR_SIZES, type AvatarSize } from '#contracts';
import { AppError, invalid } from '#kernel';
import { pictureKind } from './domain/picture-kind.js';

const MAX_PIXELS = 40_000_000;
const MIN_SIDE = 64;
const LARGEST = 512;
const MAX_SECONDS = 8;
/** A picture at a time: decoding takes cores that hashes of passwords wait for. */
const RUNNING = 1;
const WAITING = 16;

// Whatever the bytes claim to be, only these three decoders of libvips are ever reached.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});
// Every picture is decoded once: a cache would only hold what nobody asks for again.
sharp.cache(false);
sharp.concurrency(1);

export type EncodedPicture = Readonly<Record<AvatarSize, Buffer>>;

/**
 * Makes square WebPs from a picture of a stranger. Nothing of the sent bytes survives but pixels: they are decoded to
 * raw colours first, so neither metadata (place, camera, thumbnail) nor anything hidden behind the picture is kept.
 */
export class PictureEncoder {
  private readonly turns = bulkhead(RUNNING, WAITING);

  async encode(bytes: Uint8Array, field: string): Promise<EncodedPicture> {
    if (pictureKind(bytes) === undefined) throw invalid([{ field, message: 'must be a JPEG, PNG or WebP picture' }]);
    try {
      return await this.turns.execute(() => encode(bytes, field));
    } catch (error) {
      if (error instanceof BulkheadRejectedError) throw busy();
      throw error;
    }
  }
}

async function encode(bytes: Uint8Array, field: string): Promise<EncodedPicture> {
  await assertDimensions(bytes, field);
  const { data, info } = await readable(
    field,
    picture(bytes)
      .autoOrient()
      .resize(LARGEST, LARGEST, { fit: 'cover' })
      .toColourspace('srgb')
      .timeout({ seconds: MAX_SECONDS })
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const at = (size: AvatarSize): Promise<Buffer> =>
    sharp(data, { raw }).resize(Number(size), Number(size)).webp({ quality: 82, effort: 2 }).toBuffer();
  const [small, medium, large] = await Promise.all(AVATAR_SIZES.map(at));
  if (small === undefined || medium === undefined || large === undefined) throw new Error('a size was not made');
  return { 64: small, 256: medium, 512: large };
}

/** The header alone decides about a picture of 50,000 × 50,000: nothing of it is decoded. */
async function assertDimensions(bytes: Uint8Array, field: string): Promise<void> {
  const { width, height } = await readable(field, picture(bytes).metadata());
  if (width * height > MAX_PIXELS) {
    throw invalid([{ field, message: `must have at most ${MAX_PIXELS / 1_000_000} megapixels` }]);
  }
  if (width < MIN_SIDE || height < MIN_SIDE) {
    throw invalid([{ field, message: `must be at least ${MIN_SIDE} × ${MIN_SIDE} pixels` }]);
  }
}

/** Of an animation the first picture. The check of dimensions comes first; the bound here is the second lock. */
const picture = (bytes: Uint8Array) => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', pages: 1 });

/** What libvips says about strange bytes is for its authors; the sender only needs to know that it is no picture. */
async function readable<T>(field: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const message = 'cannot be read: it is damaged, or takes too long to decode';
    throw new AppError({
      code: 'VALIDATION_ERROR',
      kind: 'invalid',
      message: 'The picture cannot be read.',
      details: [{ field, message }],
      cause: error,
    });
  }
}

const busy = (): AppError =>
  new AppError({
    code: 'RATE_LIMITED',
    kind: 'rate-limited',
    message: 'Too many pictures are being read at the moment.',
    retryAfterMs: 2_000,
  });
