import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, resealAndTell } from '#persistence';
import { FieldCipher, Logger, ShutdownSequence } from '#platform';
import { notificationsSchema } from './data-source.js';
import { Loop } from './loop.js';

const EVERY_MS = 3_600_000;

/** Secrets of webhooks live for years: without this an old field key could never be taken away. */
@Injectable()
export class Resealing implements OnModuleInit {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    private readonly cipher: FieldCipher,
    private readonly logger: Logger,
    shutdown: ShutdownSequence,
  ) {
    this.loop = new Loop('values under old field keys', EVERY_MS, () => this.run(), logger);
    this.loop.stopIn(shutdown);
  }

  onModuleInit(): void {
    this.loop.start();
  }

  run(): Promise<void> {
    return resealAndTell(this.database, this.cipher, notificationsSchema, this.logger);
  }
}
