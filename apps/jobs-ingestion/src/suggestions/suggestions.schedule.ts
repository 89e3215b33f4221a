import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LeaderSchedule } from '#platform';
import { SuggestionsService } from './suggestions.service.js';

@Injectable()
export class SuggestionsSchedule implements OnModuleInit {
  private recountedAt: Date | undefined;

  constructor(
    private readonly schedule: LeaderSchedule,
    private readonly suggestions: SuggestionsService,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.schedule.add({
      name: 'jobs-ingestion.suggestions',
      cron: '* * * * *',
      lastSlot: () => Promise.resolve(this.recountedAt),
      enqueue: async (slot) => {
        await this.suggestions.recountIfChanged();
        this.recountedAt = slot;
      },
    });
  }
}
