import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '#persistence';
import { AchievementEntity } from './achievement.entity.js';

@Injectable()
export class AchievementRepository {
  constructor(private readonly database: Database) {}

  /** Latest first; those without a date come last. */
  async page(userId: string, limit: number, offset: number): Promise<{ rows: AchievementEntity[]; total: number }> {
    const [rows, total] = await this.achievements().findAndCount({
      where: { userId },
      order: { dateAchieved: { direction: 'DESC', nulls: 'LAST' }, id: 'DESC' },
      take: limit,
      skip: offset,
    });
    return { rows, total };
  }

  find(userId: string, id: string): Promise<AchievementEntity | null> {
    return this.achievements().findOneBy({ userId, id });
  }

  lock(tx: Tx, userId: string, id: string): Promise<AchievementEntity | null> {
    return tx.repository(AchievementEntity).findOne({ where: { userId, id }, lock: { mode: 'for_no_key_update' } });
  }

  count(tx: Tx, userId: string): Promise<number> {
    return tx.repository(AchievementEntity).countBy({ userId });
  }

  async save(tx: Tx, achievement: AchievementEntity): Promise<void> {
    await tx.repository(AchievementEntity).save(achievement);
  }

  async delete(tx: Tx, userId: string, id: string): Promise<boolean> {
    const { affected } = await tx.repository(AchievementEntity).delete({ userId, id });
    return affected === 1;
  }

  private achievements() {
    return this.database.dataSource.getRepository(AchievementEntity);
  }
}
