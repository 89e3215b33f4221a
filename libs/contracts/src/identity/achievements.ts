import { defineRpc } from '../define.js';
import {
  CalendarDate,
  Closed,
  Empty,
  Line,
  Nullable,
  Page,
  PageQuery,
  type Static,
  Text,
  Timestamp,
  Type,
  Uuid,
} from '../schema.js';

const written = {
  title: Line(1, 255, { examples: ['Speaker at PyCon'] }),
  description: Nullable(Text(4_000)),
  /** A name or an emoji; a picture is not taken from anywhere. */
  icon: Nullable(Line(1, 100)),
  date_achieved: Nullable(CalendarDate()),
};

export const Achievement = Closed({ id: Uuid(), ...written, created_at: Timestamp(), updated_at: Timestamp() });
export type Achievement = Static<typeof Achievement>;

export const CreateAchievementBody = Closed({
  title: written.title,
  description: Type.Optional(written.description),
  icon: Type.Optional(written.icon),
  date_achieved: Type.Optional(written.date_achieved),
});
export type CreateAchievementBody = Static<typeof CreateAchievementBody>;

export const UpdateAchievementBody = Type.Partial(CreateAchievementBody, { additionalProperties: false });
export type UpdateAchievementBody = Static<typeof UpdateAchievementBody>;

const ById = Closed({ achievement_id: Uuid() });

export const listAchievements = defineRpc('identity', 'achievement.list', {
  request: Closed(PageQuery),
  response: Page('achievements', Achievement),
});
export const getAchievement = defineRpc('identity', 'achievement.get', { request: ById, response: Achievement });
export const createAchievement = defineRpc('identity', 'achievement.create', {
  idempotent: true,
  request: CreateAchievementBody,
  response: Achievement,
});
export const updateAchievement = defineRpc('identity', 'achievement.update', {
  request: Closed({ ...ById.properties, ...UpdateAchievementBody.properties }),
  response: Achievement,
});
export const deleteAchievement = defineRpc('identity', 'achievement.delete', { request: ById, response: Empty });
