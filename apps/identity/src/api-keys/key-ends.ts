import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ApiKeyEndAnnouncedV1 } from '#contracts';
import type { Clock } from '#kernel';
import { Outbox } from '#messaging';
import { type Tx, UnitOfWork } from '#persistence';
import { CLOCK, LeaderSchedule } from '#platform';
import { OutgoingMail } from '../mail/outgoing-mail.js';
import { ApiKeyRepository, type EndingKey } from './api-key.repository.js';

/** Time enough to make another key and bring it to the program. Keys made for less end as was said when they were made. */
const NOTICE_MS = 7 * 86_400_000;
const AT_ONCE = 100;

/** Tells people, once, that a key of theirs ends. What is due is found in the table: a slot that is missed does no harm. */
@Injectable()
export class KeyEnds implements OnModuleInit {
  private announcedAt: Date | undefined;

  constructor(
    private readonly schedule: LeaderSchedule,
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: ApiKeyRepository,
    private readonly outbox: Outbox,
    private readonly mail: OutgoingMail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.schedule.add({
      name: 'identity.api-key-ends',
      cron: '41 * * * *',
      lastSlot: () => Promise.resolve(this.announcedAt),
      enqueue: async (slot) => {
        await this.announce();
        this.announcedAt = slot;
      },
    });
  }

  async announce(): Promise<void> {
    let told: number;
    do told = await this.unitOfWork.run((tx) => this.announceSome(tx));
    while (told === AT_ONCE);
  }

  private async announceSome(tx: Tx): Promise<number> {
    const ending = await this.keys.takeEnding(tx, this.clock.now(), NOTICE_MS, AT_ONCE);
    for (const key of ending) await this.tell(tx, key);
    return ending.length;
  }

  private async tell(tx: Tx, { id, name, expiresAt, userId, email, emailVerifiedAt }: EndingKey): Promise<void> {
    const until = expiresAt.toISOString();
    await this.outbox.add(
      tx,
      ApiKeyEndAnnouncedV1,
      { user_id: userId, key_id: id, expires_at: until },
      { subject: id },
    );
    await this.mail.tell(tx, { id: userId, email, emailVerifiedAt }, 'api_key_ending', { name, until });
  }
}
