import { defineRpc } from '../define.js';
import { Closed, Empty, Page, PageQuery, type Static, Timestamp, Type, Uuid } from '../schema.js';
import { SkillDetail } from './profile.js';

export const Skill = Closed({
  id: Uuid(),
  ...SkillDetail.properties,
  created_at: Timestamp(),
  updated_at: Timestamp(),
});
export type Skill = Static<typeof Skill>;

/** `is_verified` is not among them: nobody verifies himself. */
export const CreateSkillBody = Closed({
  name: SkillDetail.properties.name,
  proficiency: Type.Optional(SkillDetail.properties.proficiency),
  years: Type.Optional(SkillDetail.properties.years),
});
export type CreateSkillBody = Static<typeof CreateSkillBody>;

export const UpdateSkillBody = Type.Partial(CreateSkillBody, { additionalProperties: false });
export type UpdateSkillBody = Static<typeof UpdateSkillBody>;

export const listSkills = defineRpc('identity', 'skill.list', {
  request: Closed(PageQuery),
  response: Page('skills', Skill),
});
export const getSkill = defineRpc('identity', 'skill.get', {
  request: Closed({ skill_id: Uuid() }),
  response: Skill,
});
export const createSkill = defineRpc('identity', 'skill.create', {
  idempotent: true,
  request: CreateSkillBody,
  response: Skill,
});
export const updateSkill = defineRpc('identity', 'skill.update', {
  request: Closed({ skill_id: Uuid(), ...UpdateSkillBody.properties }),
  response: Skill,
});
export const deleteSkill = defineRpc('identity', 'skill.delete', {
  request: Closed({ skill_id: Uuid() }),
  response: Empty,
});
