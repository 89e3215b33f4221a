import { avatarOf, type MatchProfile, type Profile, type Skill, type SkillDetail } from '#contracts';
import { completenessOf } from './domain/completeness.js';
import type { ProfileRow } from './profile.repository.js';
import type { SkillEntity } from './skill.entity.js';

export function toProfile(row: ProfileRow): Profile {
  const { places, ...facts } = row.facts;
  const profile = {
    id: row.userId,
    email: row.email,
    full_name: row.fullName,
    ...facts,
    skills: row.skills.map((skill) => skill.name),
    skill_details: row.skills,
    preferred_locations: places.map((place) => place.text),
    preferred_places: places.map(({ city, country }) => ({ city, country })),
    avatar: row.avatarId === null ? null : avatarOf(row.avatarId),
    avatar_url: row.avatarId === null ? null : avatarOf(row.avatarId).medium,
    version: row.version,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
  return { ...profile, completeness: completenessOf(profile) };
}

/** Facts matching works with; no name and no address. */
export const toMatchProfile = ({ userId, version, facts, skills }: ProfileRow): MatchProfile => ({
  user_id: userId,
  version,
  skills: skills.map((skill) => skill.name),
  experience_level: facts.experience_level,
  experience_years: facts.experience_years,
  preferred_locations: facts.places.map(({ city, country }) => ({ city, country })),
  remote_preference: facts.remote_preference,
  salary_min: facts.salary_min,
  salary_max: facts.salary_max,
  currency: facts.currency,
  visa_sponsorship_required: facts.visa_sponsorship_required,
});

export const toSkillDetail = (row: SkillEntity): SkillDetail => ({
  name: row.name,
  proficiency: row.proficiency,
  years: row.years,
  is_verified: row.isVerified,
});

export const toSkill = (row: SkillEntity): Skill => ({
  id: row.id,
  ...toSkillDetail(row),
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});
