import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AppError, notFound } from '#kernel';
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

export interface S3Place {
  bucket: string;
  endpoint: string | undefined;
  region: string;
  forcePathStyle: boolean;
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
}

/** A smaller file is one request. Up to two parts are in memory at a time; S3 takes at most 10,000, so 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
/** Without a byte. */
const SILENCE_TIMEOUT_MS = 30_000;
const GONE = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload']);
const FULL = new Set(['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'EntityTooLarge']);

/** Files in a bucket: `<area>/<id>`. An object appears when its last byte is there, so a reader sees all of it or none. */
export class S3FileStore extends FileStore {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor(place: S3Place) {
    super();
    this.bucket = place.bucket;
    this.client = new S3Client({
      region: place.region,
      forcePathStyle: place.forcePathStyle,
      ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint }),
      ...(place.credentials === undefined ? {} : { credentials: place.credentials }),
      // Checksums newer than the wire format most compatible stores speak.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: SILENCE_TIMEOUT_MS },
    });
  }

  async put(
    area: string,
    content: Readable | Uint8Array,
    maxBytes: number,
    id: string = newFileId(),
  ): Promise<StoredFile> {
    const source = new Measured(content, maxBytes);
    const upload = new Upload({
      client: this.client,
      params: { Bucket: this.bucket, Key: this.key(area, id), Body: Readable.from(source.chunks()) },
      partSize: PART_BYTES,
      queueSize: 2,
    });
    try {
      await upload.done();
    } catch (error) {
      throw source.failure ?? translated(error);
    } finally {
      // A stream that was not read to its end must not keep its source open.
      if (content instanceof Readable) content.destroy();
    }
    return { id, bytes: source.bytes, sha256: source.sha256() };
  }

  async open(area: string, id: string): Promise<{ stream: Readable; bytes: number }> {
    return this.get(this.key(area, id));
  }

  async read(area: string, id: string, maxBytes: number): Promise<Buffer> {
    return readWhole(await this.open(area, id), maxBytes);
  }

  async readPiece(area: string, id: string, offset: number, length: number): Promise<Buffer> {
    const key = this.key(area, id);
    try {
      return await readWhole(await this.get(key, `bytes=${offset}-${offset + length - 1}`), length);
    } catch (error) {
      if (error instanceof PastTheEnd) return Buffer.alloc(0);
      throw error;
    }
  }

  async delete(area: string, id: string): Promise<boolean> {
    const place = { Bucket: this.bucket, Key: this.key(area, id) };
    for await (const { uploadId } of this.unfinished(place.Key)) {
      await this.ignoringGone(() =>
        this.client.send(new AbortMultipartUploadCommand({ ...place, UploadId: uploadId })),
      );
    }
    // A deletion is answered the same whether or not something was there.
    const wasThere = await this.ignoringGone(() => this.client.send(new HeadObjectCommand(place)));
    if (wasThere) await this.ignoringGone(() => this.client.send(new DeleteObjectCommand(place)));
    return wasThere;
  }

  async *list(area: string): AsyncIterable<ListedFile> {
    assertArea(area);
    const prefix = `${area}/`;
    try {
      const pages = paginateListObjectsV2({ client: this.client }, { Bucket: this.bucket, Prefix: prefix });
      for await (const { Contents: contents = [] } of pages) {
        for (const { Key: key = '', Size: bytes = 0, LastModified: modifiedAt } of contents) {
          const id = key.slice(prefix.length);
          if (isFileId(id) && modifiedAt !== undefined) yield { id, bytes, modifiedAt };
        }
      }
    } catch (error) {
      throw translated(error);
    }
    for await (const { key, begunAt } of this.unfinished(prefix)) {
      const id = key.slice(prefix.length);
      if (isFileId(id)) yield { id, bytes: 0, modifiedAt: begunAt };
    }
  }

  /** Throws where the bucket cannot be reached, is not there, or is somebody else's. */
  async check(): Promise<void> {
    try {
      await this.client.send(new HeadBucketCommand({ Bucket: this.bucket }));
    } catch (error) {
      throw translated(error);
    }
  }

  close(): void {
    this.client.destroy();
  }

  private async get(key: string, range?: string): Promise<{ stream: Readable; bytes: number }> {
    try {
      const { Body: body, ContentLength: bytes } = await this.client.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: key, ...(range === undefined ? {} : { Range: range }) }),
      );
      if (!(body instanceof Readable) || bytes === undefined) throw new Error('the store answered without a body');
      return { stream: body, bytes };
    } catch (error) {
      throw translated(error);
    }
  }

  /** Uploads in parts whose writer died, or still writes. */
  private async *unfinished(prefix: string): AsyncIterable<{ key: string; uploadId: string; begunAt: Date }> {
    let from: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (from !== undefined) {
      const page = await this.unfinishedPage(prefix, from);
      for (const { Key: key, UploadId: uploadId, Initiated: begunAt } of page.Uploads ?? []) {
        if (key !== undefined && uploadId !== undefined) yield { key, uploadId, begunAt: begunAt ?? new Date() };
      }
      const isMore = page.IsTruncated === true && page.NextKeyMarker !== undefined;
      from = isMore ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined;
    }
  }

  private async unfinishedPage(
    prefix: string,
    from: { KeyMarker?: string; UploadIdMarker?: string },
  ): Promise<ListMultipartUploadsCommandOutput> {
    try {
      return await this.client.send(new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: prefix, ...from }));
    } catch (error) {
      throw translated(error);
    }
  }

  /** False when there was nothing. */
  private async ignoringGone(send: () => Promise<unknown>): Promise<boolean> {
    try {
      await send();
      return true;
    } catch (error) {
      if (error instanceof S3ServiceException && GONE.has(error.name)) return false;
      throw translated(error);
    }
  }

  private key(area: string, id: string): string {
    assertArea(area);
    assertFileId(id);
    return `${area}/${id}`;
  }
}

/** What passes through on its way into the store, counted; remembers why it broke off. */
class Measured {
  bytes = 0;
  failure: Error | undefined;
  private readonly hash = createHash('sha256');

  constructor(
    private readonly content: Readable | Uint8Array,
    private readonly maxBytes: number,
  ) {}

  async *chunks(): AsyncIterable<Buffer> {
    try {
      for await (const part of this.content instanceof Uint8Array ? [this.content] : this.content) {
        const chunk = bytesOf(part);
        this.bytes += chunk.byteLength;
        if (this.bytes > this.maxBytes) throw fileTooLarge(this.maxBytes);
        this.hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  sha256(): string {
    return this.hash.digest('hex');
  }
}

class PastTheEnd extends Error {}

/** What the store said, in the words of the port. */
function translated(error: unknown): Error {
  if (error instanceof S3ServiceException) {
    if (GONE.has(error.name)) return notFound('The file');
    if (error.name === 'InvalidRange' || error.$metadata.httpStatusCode === 416) return new PastTheEnd();
    return FULL.has(error.name) ? storeFull(error) : unavailable(error);
  }
  // What the source of a file says is told apart before; all else is the way to the store.
  return unavailable(error);
}

const unavailable = (cause: unknown): AppError =>
  new AppError({
    code: 'SERVICE_UNAVAILABLE',
    kind: 'unavailable',
    message: 'The store for files cannot be reached or refuses us.',
    retryAfterMs: 5_000,
    cause,
  });

const storeFull = (cause: unknown): AppError =>
  new AppError({
    code: 'STORAGE_FULL',
    kind: 'unavailable',
    message: 'The store for files is full. Reading still works; free space in the bucket and repeat.',
    retryAfterMs: 30_000,
    cause,
  });
