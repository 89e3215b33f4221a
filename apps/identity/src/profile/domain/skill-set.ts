import type { SkillDetail, UpdateProfileBody } from '#contracts';

type WrittenSkill = NonNullable<UpdateProfileBody['skills']>[number];

/** "TypeScript" and " typescript " are one skill. */
export const skillKey = (name: string): string => name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();

/**
 * The set after its owner wrote a list: what he left out is gone, what stays keeps the details he did not mention, and
 * nobody makes himself verified. Duplicates count once, the first spelling wins.
 */
export function mergeSkills(current: readonly SkillDetail[], written: readonly WrittenSkill[]): SkillDetail[] {
  const known = new Map(current.map((skill) => [skillKey(skill.name), skill]));
  const merged = new Map<string, SkillDetail>();
  for (const entry of written) {
    const told = typeof entry === 'string' ? { name: entry } : entry;
    const key = skillKey(told.name);
    const before = merged.get(key) ?? known.get(key);
    merged.set(key, {
      name: merged.get(key)?.name ?? told.name.trim(),
      proficiency:
        'proficiency' in told && told.proficiency !== undefined ? told.proficiency : (before?.proficiency ?? null),
      years: 'years' in told && told.years !== undefined ? told.years : (before?.years ?? null),
      is_verified: before?.is_verified ?? false,
    });
  }
  return [...merged.values()];
}
