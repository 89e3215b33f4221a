import { Injectable } from '@nestjs/common';
import type { LocalMail } from '#contracts';
import { FieldCipher } from '#platform';
import { LocalMailRepository } from './local-mail.repository.js';
import { readLocalMail } from './local-outbox.channel.js';

@Injectable()
export class LocalOutboxService {
  constructor(
    private readonly mails: LocalMailRepository,
    private readonly cipher: FieldCipher,
  ) {}

  async list(page: number, perPage: number) {
    const [total, rows] = await Promise.all([this.mails.count(), this.mails.list(perPage, (page - 1) * perPage)]);
    const mails: LocalMail[] = rows.map((row) => readLocalMail(this.cipher, row));
    return { total, page, per_page: perPage, total_pages: Math.ceil(total / perPage), mails };
  }
}
