import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '#kernel';
import { CLOCK, Logger, ShutdownSequence } from '#platform';
import { ApiKeyRepository } from './api-key.repository.js';

const WRITE_EVERY_MS = 5_000;

/** When keys were last used: collected, and written a few times a minute instead of at every request. */
@Injectable()
export class KeyUsage implements OnModuleInit {
  private used = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly logger: Logger,
    private readonly shutdown: ShutdownSequence,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.write(), WRITE_EVERY_MS);
    this.timer.unref();
    this.shutdown.add('hand-back', 'use of API keys', async () => {
      clearInterval(this.timer);
      await this.write();
    });
  }

  note(keyId: string): void {
    this.used.set(keyId, this.clock.now());
  }

  /** Never rejects: at worst a key looks a little less used than it is. */
  async write(): Promise<void> {
    if (this.used.size === 0) return;
    const used = this.used;
    this.used = new Map();
    try {
      await this.keys.markUsed(used);
    } catch (error) {
      this.logger.warn('the use of API keys could not be noted', { keys: used.size }, error);
    }
  }
}
