import { Injectable } from '@nestjs/common';
import type { SkillDetail } from '#contracts';
import { newId } from '#kernel';
import { Database, type Tx } from '#persistence';
import { skillKey } from './domain/skill-set.js';
import { SkillEntity } from './skill.entity.js';

@Injectable()
export class SkillRepository {
  constructor(private readonly database: Database) {}

  async page(userId: string, limit: number, offset: number): Promise<{ rows: SkillEntity[]; total: number }> {
    const [rows, total] = await this.database.dataSource
      .getRepository(SkillEntity)
      .findAndCount({ where: { userId }, order: { position: 'ASC', id: 'ASC' }, take: limit, skip: offset });
    return { rows, total };
  }

  find(userId: string, id: string): Promise<SkillEntity | null> {
    return this.database.dataSource.getRepository(SkillEntity).findOneBy({ userId, id });
  }

  /** All of one person; called with the profile locked. */
  all(tx: Tx, userId: string): Promise<SkillEntity[]> {
    return tx.repository(SkillEntity).find({ where: { userId }, order: { position: 'ASC', id: 'ASC' } });
  }

  async save(tx: Tx, skill: SkillEntity): Promise<void> {
    await tx.repository(SkillEntity).save(skill);
  }

  async delete(tx: Tx, id: string): Promise<void> {
    await tx.repository(SkillEntity).delete({ id });
  }

  /** Makes the rows be exactly this set, in this order. Rows that stay keep id and age. */
  async replaceAll(tx: Tx, userId: string, wanted: readonly SkillDetail[], now: Date): Promise<void> {
    const known = new Map((await this.all(tx, userId)).map((row) => [row.nameKey, row]));
    const rows = wanted.map((skill, position): SkillEntity => {
      const nameKey = skillKey(skill.name);
      const before = known.get(nameKey);
      known.delete(nameKey);
      return {
        id: before?.id ?? newId(),
        userId,
        name: skill.name,
        nameKey,
        proficiency: skill.proficiency,
        years: skill.years,
        isVerified: skill.is_verified,
        position,
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
      };
    });
    const gone = [...known.values()].map((row) => row.id);
    if (gone.length > 0) await tx.repository(SkillEntity).delete(gone);
    if (rows.length > 0) await tx.repository(SkillEntity).upsert(rows, ['id']);
  }
}
