import { Injectable } from '@nestjs/common';
import type { Goal } from '#contracts';
import { Database, type Queryable, type Tx } from '#persistence';
import type { DayTotal } from './domain/progress.js';
import { GoalEntity, GoalProgressEntity } from './goal.entity.js';

@Injectable()
export class GoalRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async page(
    userId: string,
    status: Goal['status'] | undefined,
    limit: number,
    offset: number,
  ): Promise<{ rows: GoalEntity[]; total: number }> {
    const [rows, total] = await this.database.dataSource.getRepository(GoalEntity).findAndCount({
      where: { userId, ...(status === undefined ? {} : { status }) },
      order: { id: 'DESC' },
      take: limit,
      skip: offset,
    });
    return { rows, total };
  }

  find(userId: string, id: string): Promise<GoalEntity | null> {
    return this.database.dataSource.getRepository(GoalEntity).findOneBy({ userId, id });
  }

  /** Changes of one goal and its entries come one after the other. */
  lock(tx: Tx, userId: string, id: string): Promise<GoalEntity | null> {
    return tx.repository(GoalEntity).findOne({ where: { userId, id }, lock: { mode: 'for_no_key_update' } });
  }

  count(tx: Tx, userId: string): Promise<number> {
    return tx.repository(GoalEntity).countBy({ userId });
  }

  async save(tx: Tx, goal: GoalEntity): Promise<void> {
    await tx.repository(GoalEntity).save(goal);
  }

  async delete(tx: Tx, userId: string, id: string): Promise<boolean> {
    const { affected } = await tx.repository(GoalEntity).delete({ userId, id });
    return affected === 1;
  }

  /** What was added on each day, per goal. */
  async dayTotals(db: Queryable, goalIds: readonly string[]): Promise<ReadonlyMap<string, DayTotal[]>> {
    const rows = await db.query<{ goalId: string; day: string; value: number }>(
      'goal.day-totals',
      `SELECT goal_id AS "goalId", day::text AS day, sum(value) AS value
       FROM goal_progress WHERE goal_id = ANY ($1::uuid[]) GROUP BY goal_id, day`,
      [goalIds],
    );
    const totals = new Map<string, DayTotal[]>(goalIds.map((id) => [id, []]));
    for (const { goalId, ...total } of rows) totals.get(goalId)?.push(total);
    return totals;
  }

  async progressPage(
    goalId: string,
    limit: number,
    offset: number,
  ): Promise<{ rows: GoalProgressEntity[]; total: number }> {
    const [rows, total] = await this.database.dataSource
      .getRepository(GoalProgressEntity)
      .findAndCount({ where: { goalId }, order: { day: 'DESC', id: 'DESC' }, take: limit, skip: offset });
    return { rows, total };
  }

  countProgress(tx: Tx, goalId: string): Promise<number> {
    return tx.repository(GoalProgressEntity).countBy({ goalId });
  }

  async insertProgress(tx: Tx, entry: GoalProgressEntity): Promise<void> {
    await tx.repository(GoalProgressEntity).insert(entry);
  }

  async deleteProgress(tx: Tx, goalId: string, id: string): Promise<boolean> {
    const { affected } = await tx.repository(GoalProgressEntity).delete({ goalId, id });
    return affected === 1;
  }
}
