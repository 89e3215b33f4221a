import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DiskFileStore, type FileStore } from '#platform';
import { findS3Server, freePort, NO_S3_SERVER, type S3Handle, startS3 } from '#testing';
import { S3FileStore } from '../src/files/s3-file-store.js';
import { describeFileStore } from './file-store-contract.js';

describe('files on a disk', () => {
  const root = mkdtempSync(join(tmpdir(), 'files-'));
  afterAll(() => rmSync(root, { recursive: true }));
  describeFileStore(() => new DiskFileStore(root));
});

const server = findS3Server();
if (server === undefined) process.stdout.write(`SKIPPED files in a bucket: ${NO_S3_SERVER}\n`);
const suite = server === undefined ? describe.skip : describe;

suite('files in a bucket', () => {
  const credentials = { accessKeyId: 'somebody', secretAccessKey: 'a secret of this test' };
  const place = { bucket: 'people', region: 'eu-central-1', forcePathStyle: true, credentials };
  let s3: S3Handle;
  let store: S3FileStore;
  const opened: S3FileStore[] = [];
  const openStore = (changes: Partial<typeof place> & { endpoint?: string } = {}): S3FileStore => {
    const made = new S3FileStore({ endpoint: s3.endpoint, ...place, ...changes });
    opened.push(made);
    return made;
  };

  beforeAll(async () => {
    s3 = await startS3(server ?? '');
    const client = new S3Client({ endpoint: s3.endpoint, region: place.region, forcePathStyle: true, credentials });
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
    await client.send(new CreateBucketCommand({ Bucket: place.bucket, CreateBucketConfiguration }));
    client.destroy();
    store = openStore();
  }, 60_000);
  afterAll(async () => {
    for (const one of opened) one.close();
    await s3.stop();
  });

  describeFileStore((): FileStore => store);

  it('are found by another replica', async () => {
    const { id } = await store.put('shared', Buffer.from('seen by all'), 100);
    expect((await openStore().read('shared', id, 100)).toString()).toBe('seen by all');
  });

  it('are not taken for gone where the bucket is missing or nobody answers', async () => {
    await expect(store.check()).resolves.toBeUndefined();
    const elsewhere = openStore({ bucket: 'not-there' });
    await expect(elsewhere.check()).rejects.toThrow();
    const unreachable = openStore({ endpoint: `http://127.0.0.1:${await freePort()}` });
    const { id } = await store.put('shared', Buffer.from('x'), 100);
    for (const broken of [
      unreachable.check(),
      unreachable.read('shared', id, 10),
      unreachable.put('shared', Buffer.from('x'), 10),
      unreachable.delete('shared', id),
      elsewhere.put('shared', Buffer.from('x'), 10),
    ]) {
      await expect(broken).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
    }
    await expect(store.read('shared', id, 10)).resolves.toBeDefined();
  }, 60_000);
});
