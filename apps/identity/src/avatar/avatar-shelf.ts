import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AVATAR_SIZES, type AvatarSize } from '#contracts';
import type { Clock } from '#kernel';
import { Database } from '#persistence';
import { CLOCK, FileStore, Logger } from '#platform';
import { type AvatarFiles, AvatarRepository } from './avatar.repository.js';
import type { EncodedPicture } from './picture-encoder.js';

const AREA = 'avatars';
/** A WebP of 512 × 512 at this quality has at most some 150 kB. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const SWEEP_EVERY_MS = 24 * 3_600_000;
/** Younger files may belong to a request that has not committed yet. */
const SWEEP_AGE_MS = 3_600_000;
const SWEEP_BATCH = 500;

/** The files of pictures. A process that dies between file and row leaves files no row knows: swept once a day. */
@Injectable()
export class AvatarShelf implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: FileStore,
    private readonly database: Database,
    private readonly avatars: AvatarRepository,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = () =>
      void this.sweep().catch((error: unknown) => this.logger.warn('no sweep of pictures', {}, error));
    this.timer = setInterval(sweep, SWEEP_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  async put(picture: EncodedPicture): Promise<AvatarFiles> {
    const put = async (size: AvatarSize) => (await this.store.put(AREA, picture[size], MAX_FILE_BYTES)).id;
    return { 64: await put('64'), 256: await put('256'), 512: await put('512') };
  }

  read(file: string): Promise<Buffer> {
    return this.store.read(AREA, file, MAX_FILE_BYTES);
  }

  /** What cannot be deleted now is found by the sweep. */
  discard(files: AvatarFiles): void {
    for (const size of AVATAR_SIZES) {
      this.store.delete(AREA, files[size]).catch((error: unknown) => {
        this.logger.warn('a picture was not deleted; the next sweep takes it', {}, error);
      });
    }
  }

  /** Answers how many files it removed. */
  async sweep(): Promise<number> {
    const old = new Date(this.clock.now().getTime() - SWEEP_AGE_MS);
    let removed = 0;
    let batch: string[] = [];
    const sweepBatch = async () => {
      const known = await this.avatars.known(this.database, batch);
      for (const file of batch) {
        if (!known.has(file) && (await this.store.delete(AREA, file))) removed += 1;
      }
      batch = [];
    };
    for await (const { id, modifiedAt } of this.store.list(AREA)) {
      if (modifiedAt < old) batch.push(id);
      if (batch.length === SWEEP_BATCH) await sweepBatch();
    }
    if (batch.length > 0) await sweepBatch();
    return removed;
  }
}
