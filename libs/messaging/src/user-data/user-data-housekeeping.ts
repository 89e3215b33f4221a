import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Database } from '#persistence';
import type { FileStore, Logger } from '#platform';
import { Bell } from '../bell.js';
import type { ErasedUsers } from './erased-users.js';
import type { UserDataEraser } from './user-data-eraser.js';
import { PARTS_AREA } from './user-data-exporter.js';

const EVERY_MS = 5 * 60_000;
/** No request is under way for longer than its deadline of minutes; an hour also covers clocks and stuck replicas. */
const LATE_WITHIN_MS = 3_600_000;
/** Parts live for days (their event says how long); a file that is older belongs to no row. */
const ORPHAN_AGE_MS = 30 * 86_400_000;

/** Erases what came late, and parts of exports nobody fetched. Runs on every replica; doing it twice is harmless. */
export class UserDataHousekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly bell = new Bell();
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly files: FileStore,
    private readonly erased: ErasedUsers,
    private readonly eraser: UserDataEraser,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.bell.ring();
    await this.loop;
  }

  /** Once, now. */
  async tidy(now = new Date()): Promise<void> {
    for (const userId of await this.erased.recent(LATE_WITHIN_MS)) await this.eraser.eraseLate(userId);
    await this.dropExpiredParts(now);
    for await (const { id, modifiedAt } of this.files.list(PARTS_AREA)) {
      if (now.getTime() - modifiedAt.getTime() > ORPHAN_AGE_MS) await this.files.delete(PARTS_AREA, id);
    }
  }

  private async dropExpiredParts(now: Date): Promise<void> {
    const parts = await this.database.query<{ id: string; files: string[] }>(
      'user-data.expired-parts',
      `SELECT request_id AS id,
              ARRAY(SELECT e ->> 'file_id' FROM jsonb_array_elements(entries) AS e WHERE (e ->> 'temporary')::boolean) AS files
       FROM user_data_part WHERE expires_at < $1 LIMIT 100`,
      [now],
    );
    for (const { id, files } of parts) {
      for (const file of files) await this.files.delete(PARTS_AREA, file);
      await this.database.query('user-data.drop-part', 'DELETE FROM user_data_part WHERE request_id = $1', [id]);
    }
  }

  private async run(): Promise<void> {
    // Replicas that were started together should not tidy together.
    let pause = EVERY_MS * Math.random();
    while (!this.stopped) {
      await this.bell.wait(pause);
      if (this.stopped) return;
      pause = EVERY_MS;
      try {
        await this.tidy();
      } catch (error) {
        this.logger.warn('housekeeping of user data failed and is tried again', undefined, error);
      }
    }
  }
}
