import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Logger } from '#platform';
import { Bell } from '../bell.js';
import type { ErasedUsers } from './erased-users.js';
import type { UserDataEraser } from './user-data-eraser.js';

const EVERY_MS = 5 * 60_000;
/** No request is under way for longer than its deadline of minutes; an hour also covers clocks and stuck replicas. */
const LATE_WITHIN_MS = 3_600_000;

/** Erases what came late. Runs on every replica; doing it twice is harmless. */
export class UserDataHousekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly bell = new Bell();
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
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
  async tidy(): Promise<void> {
    for (const userId of await this.erased.recent(LATE_WITHIN_MS)) await this.eraser.eraseLate(userId);
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
