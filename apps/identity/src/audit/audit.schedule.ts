import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '#kernel';
import { CLOCK, LeaderSchedule } from '#platform';
import type { IdentityOwnSettings } from '../config.js';
import { SETTINGS } from '../tokens.js';
import { AuditSealService } from './audit-seal.service.js';

/** What is to be sealed or cut is found in the tables, so a slot that is missed or fires twice does no harm. */
@Injectable()
export class AuditSchedule implements OnModuleInit {
  private sealedAt: Date | undefined;
  private cutAt: Date | undefined;

  constructor(
    private readonly schedule: LeaderSchedule,
    private readonly seals: AuditSealService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Pick<IdentityOwnSettings, 'AUDIT_KEPT'>,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.schedule.add({
      name: 'identity.audit-seal',
      cron: '*/5 * * * *',
      fireWhenNew: true,
      lastSlot: () => Promise.resolve(this.sealedAt),
      enqueue: async (slot) => {
        await this.seals.seal();
        this.sealedAt = slot;
      },
    });
    await this.schedule.add({
      name: 'identity.audit-cut',
      cron: '23 * * * *',
      // Who runs it for an hour a day only keeps it no longer.
      fireWhenNew: true,
      lastSlot: () => Promise.resolve(this.cutAt),
      enqueue: async (slot) => {
        await this.cutOld();
        this.cutAt = slot;
      },
    });
  }

  /** Answers how many rows had become too old. */
  cutOld(): Promise<number> {
    return this.seals.cut(new Date(this.clock.now().getTime() - this.settings.AUDIT_KEPT));
  }
}
