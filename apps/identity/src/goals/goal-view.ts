import type { Goal, GoalProgress } from '#contracts';
import type { Day } from '../profile/domain/time-zone.js';
import { type DayTotal, progressOf } from './domain/progress.js';
import type { GoalEntity, GoalProgressEntity } from './goal.entity.js';

export const toGoal = (goal: GoalEntity, days: readonly DayTotal[], today: Day): Goal => ({
  id: goal.id,
  title: goal.title,
  description: goal.description,
  category: goal.category,
  target: goal.target,
  unit: goal.unit,
  period: goal.period,
  priority: goal.priority,
  start_date: goal.startDate,
  end_date: goal.endDate,
  status: goal.status,
  ...progressOf(goal, days, today),
  created_at: goal.createdAt.toISOString(),
  updated_at: goal.updatedAt.toISOString(),
});

export const toGoalProgress = (entry: GoalProgressEntity): GoalProgress => ({
  id: entry.id,
  goal_id: entry.goalId,
  value: entry.value,
  note: entry.note,
  date: entry.day,
  created_at: entry.createdAt.toISOString(),
});
