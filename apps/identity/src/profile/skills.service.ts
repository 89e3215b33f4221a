import { Injectable } from '@nestjs/common';
import {
  createSkill,
  type CreateSkillBody,
  type listSkills,
  type Skill,
  type Static,
  type UpdateSkillBody,
} from '#contracts';
import { conflict, newId, notFound } from '#kernel';
import { callerId, Idempotency, type RpcContext } from '#messaging';
import { UnitOfWork } from '#persistence';
import { pageHead, windowOf } from '../paging.js';
import { tidy } from '../tidy.js';
import { skillKey } from './domain/skill-set.js';
import { ProfileChanges } from './profile-changes.js';
import { toSkill } from './profile-view.js';
import type { SkillEntity } from './skill.entity.js';
import { SkillRepository } from './skill.repository.js';

/** As many as a profile update may carry, so that every event fits its schema. */
const MAX_SKILLS = 200;

/** Skills one by one; each change is also a change of the profile. */
@Injectable()
export class SkillsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
    private readonly changes: ProfileChanges,
    private readonly skills: SkillRepository,
  ) {}

  async list(
    query: Static<typeof listSkills.request>,
    context: RpcContext,
  ): Promise<Static<typeof listSkills.response>> {
    const { limit, offset } = windowOf(query);
    const { rows, total } = await this.skills.page(callerId(context), limit, offset);
    return { ...pageHead(query, total), skills: rows.map(toSkill) };
  }

  async get(id: string, context: RpcContext): Promise<Skill> {
    const skill = await this.skills.find(callerId(context), id);
    if (skill === null) throw notFound('The skill');
    return toSkill(skill);
  }

  create(request: CreateSkillBody, context: RpcContext): Promise<Skill> {
    const { name, proficiency = null, years = null } = tidy(request);
    return this.idempotency.run(createSkill, request, context, async (tx) => {
      const { userId, now } = await this.changes.begin(tx, context);
      const present = await this.skills.all(tx, userId);
      refuseSecond(present, name);
      if (present.length >= MAX_SKILLS) {
        throw conflict('LIMIT_REACHED', `A profile has at most ${MAX_SKILLS} skills; delete one first.`);
      }
      const skill: SkillEntity = {
        id: newId(),
        userId,
        name,
        nameKey: skillKey(name),
        proficiency,
        years,
        isVerified: false,
        position: (present.at(-1)?.position ?? -1) + 1,
        createdAt: now,
        updatedAt: now,
      };
      await this.skills.save(tx, skill);
      await this.changes.finish(tx, userId, now, context);
      return toSkill(skill);
    });
  }

  update(id: string, request: UpdateSkillBody, context: RpcContext): Promise<Skill> {
    const change = tidy(request);
    return this.unitOfWork.run(async (tx) => {
      const { userId, now } = await this.changes.begin(tx, context);
      const present = await this.skills.all(tx, userId);
      const skill = own(present, id);
      const name = change.name ?? skill.name;
      refuseSecond(
        present.filter((other) => other.id !== id),
        name,
      );
      const renamed = skillKey(name) !== skill.nameKey;
      const changed: SkillEntity = {
        ...skill,
        ...change,
        name,
        nameKey: skillKey(name),
        // What was verified was the skill of the old name.
        isVerified: skill.isVerified && !renamed,
        updatedAt: now,
      };
      await this.skills.save(tx, changed);
      await this.changes.finish(tx, userId, now, context);
      return toSkill(changed);
    });
  }

  delete(id: string, context: RpcContext): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const { userId, now } = await this.changes.begin(tx, context);
      await this.skills.delete(tx, own(await this.skills.all(tx, userId), id).id);
      await this.changes.finish(tx, userId, now, context);
    });
  }
}

function own(present: readonly SkillEntity[], id: string): SkillEntity {
  const skill = present.find((candidate) => candidate.id === id);
  if (skill === undefined) throw notFound('The skill');
  return skill;
}

function refuseSecond(present: readonly SkillEntity[], name: string): void {
  if (present.some((skill) => skill.nameKey === skillKey(name))) {
    throw conflict('ALREADY_EXISTS', 'This skill is among yours already; change that one instead.');
  }
}
