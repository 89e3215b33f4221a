import { Inject, Injectable } from '@nestjs/common';
import type { LocalMail } from '#contracts';
import type { Clock } from '#kernel';
import { CLOCK, FieldCipher } from '#platform';
import { LocalMailRepository } from './local-mail.repository.js';
import { readLocalMail } from './local-outbox.channel.js';

const KEPT_MS = 7 * 86_400_000;

@Injectable()
export class LocalOutboxService {
  constructor(
    private readonly mails: LocalMailRepository,
    private readonly cipher: FieldCipher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(page: number, perPage: number) {
    const [total, rows] = await Promise.all([this.mails.count(), this.mails.list(perPage, (page - 1) * perPage)]);
    const mails: LocalMail[] = rows.map((row) => readLocalMail(this.cipher, row));
    return { total, page, per_page: perPage, total_pages: Math.ceil(total / perPage), mails };
  }

  async tidy(): Promise<void> {
    await this.mails.deleteBefore(new Date(this.clock.now().getTime() - KEPT_MS));
  }
}
