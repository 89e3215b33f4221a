import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LeaderSchedule } from '#platform';
import { ExportSaga } from '../user-data-export/export.saga.js';
import { ErasureSaga } from './erasure.saga.js';

/** What is due is found in the tables, so a slot that is missed or fires twice does no harm; the memory of it is enough. */
@Injectable()
export class MyDataSchedule implements OnModuleInit {
  private tickedAt: Date | undefined;
  private sweptAt: Date | undefined;

  constructor(
    private readonly schedule: LeaderSchedule,
    private readonly erasures: ErasureSaga,
    private readonly exports: ExportSaga,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.schedule.add({
      name: 'identity.my-data',
      cron: '*/10 * * * * *',
      lastSlot: () => Promise.resolve(this.tickedAt),
      enqueue: async (slot) => {
        await this.erasures.tick();
        await this.exports.tick();
        this.tickedAt = slot;
      },
    });
    await this.schedule.add({
      name: 'identity.my-data.sweep',
      cron: '23 * * * *',
      lastSlot: () => Promise.resolve(this.sweptAt),
      enqueue: async (slot) => {
        await this.exports.sweep();
        this.sweptAt = slot;
      },
    });
  }
}
