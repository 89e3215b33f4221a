import type { FactoryProvider } from '@nestjs/common';
import { ShutdownSequence } from '../lifecycle/index.js';
import { Logger } from '../logging/index.js';
import { DiskFileStore } from './disk-file-store.js';
import type { FileStoreSettings } from './file-store-settings.js';
import { FileStore } from './file-store.js';
import type { S3FileStore } from './s3-file-store.js';

export type FilePlace = FileStoreSettings & { readonly DATA_DIR: string };

/** For the apps that keep files. */
export const fileStoreProvider = (settings: FilePlace): FactoryProvider<FileStore> => ({
  provide: FileStore,
  inject: [Logger, ShutdownSequence],
  useFactory: async (logger: Logger, shutdown: ShutdownSequence): Promise<FileStore> => {
    if (settings.FILE_STORE === 'disk') return new DiskFileStore(settings.DATA_DIR);
    const store = await openS3(settings);
    shutdown.add('flush', 'file store', () => store.close());
    // Said at once and in the log, but no reason not to start: people can sign in without pictures.
    store.check().catch((error: unknown) => {
      logger.error('the bucket for files cannot be used', error, { bucket: settings.S3_BUCKET });
    });
    return store;
  },
});

async function openS3(settings: FilePlace): Promise<S3FileStore> {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  if (bucket === undefined) throw new Error('FILE_STORE=s3 needs S3_BUCKET');
  // The SDK takes 27 MiB of memory (measured 2026-11-28, Node 20): only where it is used.
  const { S3FileStore } = await import('./s3-file-store.js');
  return new S3FileStore({
    bucket,
    endpoint: settings.S3_ENDPOINT,
    region: settings.S3_REGION,
    forcePathStyle: settings.S3_FORCE_PATH_STYLE,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey },
  });
}
