import { Inject, Injectable } from '@nestjs/common';
import {
  type Achievement,
  createAchievement,
  type CreateAchievementBody,
  type listAchievements,
  type Static,
  type UpdateAchievementBody,
} from '#contracts';
import { type Clock, conflict, newId, notFound } from '#kernel';
import { callerId, Idempotency, type RpcContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import { CLOCK } from '#platform';
import { AccountRepository } from '../accounts/account.repository.js';
import { assertCivilDays } from '../civil-days.js';
import { pageHead, windowOf } from '../paging.js';
import { tidy } from '../tidy.js';
import type { AchievementEntity } from './achievement.entity.js';
import { AchievementRepository } from './achievement.repository.js';

const MAX_ACHIEVEMENTS = 500;

/** What a person is proud of, in his own words. */
@Injectable()
export class AchievementsService {
  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly accounts: AccountRepository,
    private readonly achievements: AchievementRepository,
  ) {}

  async list(
    query: Static<typeof listAchievements.request>,
    context: RpcContext,
  ): Promise<Static<typeof listAchievements.response>> {
    const { limit, offset } = windowOf(query);
    const { rows, total } = await this.achievements.page(callerId(context), limit, offset);
    return { ...pageHead(query, total), achievements: rows.map(toAchievement) };
  }

  async get(id: string, context: RpcContext): Promise<Achievement> {
    return toAchievement(there(await this.achievements.find(callerId(context), id)));
  }

  create(request: CreateAchievementBody, context: RpcContext): Promise<Achievement> {
    const { title, description = null, icon = null, date_achieved: dateAchieved = null } = tidy(request);
    assertCivilDays({ date_achieved: dateAchieved });
    return this.idempotency.run(createAchievement, request, context, async (tx) => {
      const userId = callerId(context);
      // Two creates at once must not both find the last free place.
      if ((await this.accounts.lock(tx, userId)) === null) throw notFound('The account');
      if ((await this.achievements.count(tx, userId)) >= MAX_ACHIEVEMENTS) {
        throw conflict('LIMIT_REACHED', `There are at most ${MAX_ACHIEVEMENTS} achievements; delete one first.`);
      }
      const now = this.clock.now();
      const row = { id: newId(), userId, title, description, icon, dateAchieved, createdAt: now, updatedAt: now };
      await this.achievements.save(tx, row);
      return toAchievement(row);
    });
  }

  update(id: string, request: UpdateAchievementBody, context: RpcContext): Promise<Achievement> {
    const { date_achieved: dateAchieved, ...change } = tidy(request);
    assertCivilDays({ date_achieved: dateAchieved });
    return this.unitOfWork.run(async (tx) => {
      const row = there(await this.achievements.lock(tx, callerId(context), id));
      const changed: AchievementEntity = {
        ...row,
        ...change,
        dateAchieved: dateAchieved === undefined ? row.dateAchieved : dateAchieved,
        updatedAt: this.clock.now(),
      };
      await this.achievements.save(tx, changed);
      return toAchievement(changed);
    });
  }

  delete(id: string, context: RpcContext): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      if (!(await this.achievements.delete(tx, callerId(context), id))) throw notFound('The achievement');
    });
  }
}

function there(row: AchievementEntity | null): AchievementEntity {
  if (row === null) throw notFound('The achievement');
  return row;
}

export const toAchievement = (row: AchievementEntity): Achievement => ({
  id: row.id,
  title: row.title,
  description: row.description,
  icon: row.icon,
  date_achieved: row.dateAchieved,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});
