import { Injectable } from '@nestjs/common';
import { notFound } from '#kernel';
import { Database, type Tx } from '#persistence';
import { GenerationEntity } from './generation.entity.js';

@Injectable()
export class GenerationRepository {
  constructor(private readonly database: Database) {}

  /** @throws AppError NOT_FOUND, also for somebody else's generation. */
  async getOwned(userId: string, id: string): Promise<GenerationEntity> {
    const found = await this.database.dataSource.getRepository(GenerationEntity).findOneBy({ id, userId });
    if (found === null) throw notFound('The generation');
    return found;
  }

  /** Null when its owner deleted it meanwhile. */
  getForUpdate(tx: Tx, id: string): Promise<GenerationEntity | null> {
    return tx.repository(GenerationEntity).findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async insert(tx: Tx, generation: GenerationEntity): Promise<void> {
    await tx.repository(GenerationEntity).insert(generation);
  }

  async save(tx: Tx, generation: GenerationEntity): Promise<void> {
    await tx.repository(GenerationEntity).save(generation);
  }

  /** Takes the letter along (ON DELETE CASCADE). */
  async delete(tx: Tx, id: string): Promise<void> {
    await tx.repository(GenerationEntity).delete({ id });
  }
}
