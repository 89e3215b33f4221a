import 'reflect-metadata';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getAvatar, getExport, readExport, requestErasure, requestExport, setAvatar } from '#contracts';
import { eventually, findS3Server, NO_S3_SERVER, type S3Handle, startS3 } from '#testing';
import sharp from 'sharp';
import { type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';
import { OTHERS, OtherServices } from './other-services.js';

const server = findS3Server();
if (server === undefined) process.stdout.write(`SKIPPED identity with its files in a bucket: ${NO_S3_SERVER}\n`);
const suite = server === undefined ? describe.skip : describe;

suite('identity with its files in a bucket', () => {
  let s3: S3Handle;
  let client: S3Client;
  let app: IdentityApp;
  let others: OtherServices;
  let who: SignedIn;

  beforeAll(async () => {
    s3 = await startS3(server ?? '');
    const credentials = { accessKeyId: 'identity', secretAccessKey: 'a secret of this suite' };
    client = new S3Client({ endpoint: s3.endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: 'people' }));
    app = await startIdentity({
      FILE_STORE: 's3',
      S3_BUCKET: 'people',
      S3_ENDPOINT: s3.endpoint,
      S3_FORCE_PATH_STYLE: 'true',
      S3_ACCESS_KEY_ID: credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      REPLICAS_MAX: '10',
      ERASURE_UNDO_WINDOW: '0s',
    });
    others = new OtherServices(app);
    await others.listen();
    for (const service of OTHERS) others.parts.set(service, { 'thing.json': '[]' });
    who = await app.register();
  }, 90_000);
  afterAll(async () => {
    await app.stop();
    client.destroy();
    await s3.stop();
  });

  const keys = async (): Promise<string[]> => {
    const { Contents: contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'people' }));
    return contents.map(({ Key: key = '' }) => key.split('/')[0] ?? '').sort();
  };

  it('shows pictures from there', async () => {
    const create = { width: 80, height: 80, channels: 3, background: 'red' } as const;
    const picture = (await sharp({ create }).png().toBuffer()).toString('base64');
    const { avatar } = await app.ask(setAvatar, { picture }, who.context);
    const shown = await app.ask(getAvatar, { avatar_id: avatar.id, size: '64' });
    expect(await sharp(Buffer.from(shown.picture, 'base64')).metadata()).toMatchObject({ format: 'webp', width: 64 });
    expect(await keys()).toEqual(['avatars', 'avatars', 'avatars']);
  });

  it('makes exports there, and hands them out in pieces', async () => {
    const { id } = await app.ask(requestExport, {}, who.context);
    for (const service of OTHERS) await others.exported(service, { request_id: id, user_id: who.user.id });
    const get = () => app.ask(getExport, { export_id: id }, who.context);
    await eventually(async () => expect((await get()).status).toBe('ready'), { timeoutMs: 20_000 });
    const { download_url, bytes } = await get();
    const token = /token=(.*)$/.exec(download_url ?? '')?.[1] ?? '';
    const piece = await app.ask(readExport, { export_id: id, token, offset: 0 });
    expect([piece.size, Buffer.from(piece.bytes, 'base64').subarray(0, 2).toString()]).toEqual([bytes, 'PK']);
    expect(await keys()).toEqual(['avatars', 'avatars', 'avatars', 'exports']);
  });

  it('leaves nothing there of who is erased', async () => {
    const { id } = await app.ask(requestErasure, { password: PASSWORD }, who.context);
    for (const service of OTHERS) await others.erased(service, { request_id: id, user_id: who.user.id });
    await eventually(async () => expect(await keys()).toEqual([]), { timeoutMs: 20_000 });
  });
});
