import type { ExperienceEntry, getPostingSnapshot, Profile, Static } from '#contracts';
import type { Fact } from './grounded-text.js';

export type PostingSnapshot = Static<typeof getPostingSnapshot.response>;

export interface LetterFacts {
  name: Fact;
  role: Fact;
  company: Fact;
  currentRole: Fact | null;
  currentCompany: Fact | null;
  years: Fact | null;
  /** Skills of the person the posting asks for; then the person's other skills. */
  matchingSkills: Fact[];
  otherSkills: Fact[];
  /** Best-fitting stations first; only those with something to tell. */
  stations: { title: Fact; company: Fact | null; achievement: Fact | null }[];
  highlights: Fact[];
  goal: Fact | null;
}

const fact = (source: string, value: string | null | undefined): Fact | null => {
  const text = value?.replace(/\s+/g, ' ').trim();
  return text === undefined || text === '' ? null : { source, value: text };
};

const key = (skill: string): string => skill.toLowerCase().replace(/[\s._-]+/g, '');

/** Does the posting ask for this skill: by its own list, or by the word standing in the text? */
function isAskedFor(skill: string, posting: PostingSnapshot): boolean {
  if (posting.skills.some((wanted) => key(wanted) === key(skill))) return true;
  const escaped = skill.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // Not \b: it cannot see the end of "C++" or "C#".
  return new RegExp(`(?<![\\p{L}\\p{N}+#])${escaped}(?![\\p{L}\\p{N}+#])`, 'iu').test(posting.description);
}

/** The first sentence of what somebody wrote about a station, unless it is too long to quote. */
function firstSentence(text: string | null): string | null {
  const sentence = text
    ?.split(/(?<=[.!?])\s|\n/)
    .map((part) => part.trim())
    .find((part) => part.length > 0);
  return sentence === undefined || sentence.length > 260 ? null : sentence.replace(/[.;,]+$/, '');
}

const relevance = (entry: ExperienceEntry, posting: PostingSnapshot): number => {
  const words = new Set(
    posting.title
      .toLowerCase()
      .split(/[^\p{L}\p{N}+#]+/u)
      .filter((word) => word.length > 2),
  );
  const own = `${entry.title} ${entry.description ?? ''}`.toLowerCase();
  return [...words].filter((word) => own.includes(word)).length + (entry.end_date === 'present' ? 0.5 : 0);
};

/** Collects what a letter may say: nothing but what the person wrote, the posting says, and the request tells. */
export function collectFacts(profile: Profile, posting: PostingSnapshot, highlights: readonly string[]): LetterFacts {
  const skills = profile.skills.map((value, index) => ({ source: `profile.skills[${index}]`, value }));
  const matching = skills.filter((skill) => isAskedFor(skill.value, posting));
  const stations = profile.experience
    .map((entry, index) => ({ entry, index, relevance: relevance(entry, posting) }))
    .sort((a, b) => b.relevance - a.relevance || a.index - b.index)
    .map(({ entry, index }) => ({
      title: { source: `profile.experience[${index}].title`, value: entry.title },
      company: fact(`profile.experience[${index}].company`, entry.company),
      achievement: fact(`profile.experience[${index}].description`, firstSentence(entry.description)),
    }));
  const years = profile.experience_years;
  return {
    name: { source: 'profile.full_name', value: profile.full_name },
    role: { source: 'job.title', value: posting.title },
    company: { source: 'job.company', value: posting.company },
    currentRole: fact('profile.current_role', profile.current_role),
    currentCompany: fact('profile.company', profile.company),
    years:
      years === null || years < 1 ? null : { source: 'profile.experience_years', value: String(Math.floor(years)) },
    matchingSkills: matching,
    otherSkills: skills.filter((skill) => !matching.includes(skill)),
    stations,
    highlights: highlights.flatMap((value, index) => fact(`request.highlights[${index}]`, value) ?? []),
    goal: fact('profile.career_goal', profile.career_goal),
  };
}
