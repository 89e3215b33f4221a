import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, resealAndTell } from '#persistence';
import { FieldCipher, LeaderSchedule, Logger } from '#platform';
import { identitySchema } from '../data-source.js';

/** Secrets of people live for years: without this an old field key could never be taken away. */
@Injectable()
export class Resealing implements OnModuleInit {
  private firedAt: Date | undefined;

  constructor(
    private readonly schedule: LeaderSchedule,
    private readonly database: Database,
    private readonly cipher: FieldCipher,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.schedule.add({
      name: 'identity.reseal',
      cron: '41 * * * *',
      fireWhenNew: true,
      lastSlot: () => Promise.resolve(this.firedAt),
      enqueue: async (slot) => {
        await resealAndTell(this.database, this.cipher, identitySchema, this.logger);
        this.firedAt = slot;
      },
    });
  }
}
