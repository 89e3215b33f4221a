import { Injectable } from '@nestjs/common';
import { notFound } from '#kernel';
import { Database, type Tx } from '#persistence';
import { CoverLetterEntity } from './cover-letter.entity.js';

@Injectable()
export class CoverLetterRepository {
  constructor(private readonly database: Database) {}

  private get letters() {
    return this.database.dataSource.getRepository(CoverLetterEntity);
  }

  find(userId: string, id: string): Promise<CoverLetterEntity | null> {
    return this.letters.findOneBy({ id, userId });
  }

  async list(userId: string, postingId: string | undefined, page: number, perPage: number) {
    const [items, total] = await this.letters.findAndCount({
      where: { userId, ...(postingId === undefined ? {} : { postingId }) },
      order: { id: 'DESC' },
      skip: (page - 1) * perPage,
      take: perPage,
    });
    return { items, total };
  }

  /** @throws AppError NOT_FOUND, also for somebody else's letter. */
  async getOwnedForUpdate(tx: Tx, userId: string, id: string): Promise<CoverLetterEntity> {
    const found = await tx
      .repository(CoverLetterEntity)
      .findOne({ where: { id, userId }, lock: { mode: 'pessimistic_write' } });
    if (found === null) throw notFound('The cover letter');
    return found;
  }

  async insert(tx: Tx, letter: CoverLetterEntity): Promise<void> {
    await tx.repository(CoverLetterEntity).insert(letter);
  }

  async save(tx: Tx, letter: CoverLetterEntity): Promise<void> {
    await tx.repository(CoverLetterEntity).save(letter);
  }
}
