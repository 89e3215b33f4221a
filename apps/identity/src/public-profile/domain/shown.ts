import {
  type Achievement,
  avatarOf,
  PROFILE_SECTIONS,
  type ProfileCard,
  type ProfileSection,
  type PublicProfile,
  type SectionVisibility,
} from '#contracts';
import { NO_FACTS, type ProfileFacts } from '../../profile/domain/profile-facts.js';

/** Who looks: anybody, or somebody the person is connected with (and the person himself, who sees what those see). */
export type Audience = 'anyone' | 'connection';

/** Nothing is shown that its owner did not decide to show. */
export const ALL_PRIVATE: SectionVisibility = {
  picture: 'private',
  about: 'private',
  position: 'private',
  experience: 'private',
  education: 'private',
  skills: 'private',
  languages: 'private',
  links: 'private',
  locations: 'private',
  achievements: 'private',
  contact: 'private',
};

export interface Person {
  userId: string;
  slug: string | null;
  fullName: string;
  email: string;
  avatarId: string | null;
  facts: ProfileFacts;
  skills: PublicProfile['skills'];
  achievements: Pick<Achievement, 'title' | 'description' | 'icon' | 'date_achieved'>[];
  visibility: Partial<SectionVisibility>;
}

export function sectionsFor(visibility: Partial<SectionVisibility>, audience: Audience): ReadonlySet<ProfileSection> {
  return new Set(
    PROFILE_SECTIONS.filter((section) => {
      const decided = visibility[section] ?? 'private';
      return decided === 'public' || (decided === 'connections' && audience === 'connection');
    }),
  );
}

/** The profile as its reader may see it. A section that is not his to see is as empty as one that was never told. */
export function shownTo(person: Person, audience: Audience): Omit<PublicProfile, 'connection'> {
  const seen = sectionsFor(person.visibility, audience);
  const factsOf = (section: ProfileSection) => (seen.has(section) ? person.facts : NO_FACTS);
  const [about, position, contact] = [factsOf('about'), factsOf('position'), factsOf('contact')];
  const avatar = seen.has('picture') && person.avatarId !== null ? avatarOf(person.avatarId) : null;
  return {
    id: person.userId,
    slug: person.slug,
    full_name: person.fullName,
    avatar,
    avatar_url: avatar?.medium ?? null,
    headline: about.headline,
    bio: about.bio,
    career_goal: about.career_goal,
    current_role: position.current_role,
    company: position.company,
    experience_level: position.experience_level,
    experience_years: position.experience_years,
    experience: factsOf('experience').experience,
    education: factsOf('education').education,
    skills: seen.has('skills') ? person.skills : [],
    languages: factsOf('languages').languages,
    links: factsOf('links').links,
    preferred_locations: factsOf('locations').places.map(({ text }) => text),
    achievements: seen.has('achievements') ? person.achievements : [],
    email: seen.has('contact') ? person.email : null,
    phone: contact.phone,
  };
}

export type CardFacts = Pick<Person, 'userId' | 'slug' | 'fullName' | 'avatarId' | 'visibility'> & {
  headline: string | null;
  currentRole: string | null;
};

export function cardFor(person: CardFacts, audience: Audience): ProfileCard {
  const seen = sectionsFor(person.visibility, audience);
  return {
    id: person.userId,
    slug: person.slug,
    full_name: person.fullName,
    headline: seen.has('about') ? person.headline : null,
    current_role: seen.has('position') ? person.currentRole : null,
    avatar_url: seen.has('picture') && person.avatarId !== null ? avatarOf(person.avatarId).medium : null,
  };
}
