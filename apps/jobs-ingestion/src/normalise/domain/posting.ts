import type { DedupProfile } from '../../dedup/domain/profile.js';
import type { Salary } from '../../salary/domain/salary.js';
import type { SkillName } from '../../skills/domain/extract-skills.js';
import type { Place } from '../../places/domain/place.js';
import type { SourceFlag, VisaAssessment } from '../../visa/domain/visa-verdict.js';
import type { Language } from './language.js';
import type { ExperienceLevel } from './experience-level.js';
import type { EmploymentType } from './employment-type.js';
import type { RemoteMode } from './remote-mode.js';

/** Longest values kept; longer ones are cut, because a posting with a huge title is still an opening. */
export const LIMITS = {
  title: 300,
  company: 200,
  location: 500,
  id: 300,
  url: 2_000,
  html: 120_000,
  text: 60_000,
  tag: 80,
  tags: 40,
} as const;

export interface Attribution {
  name: string;
  url: string;
}

/**
 * One opening as one source shows it, in this app's words. Absent is null: a source that says nothing about salary,
 * remote work or visas has said nothing, which is neither 0 nor false.
 */
export interface NormalisedPosting {
  source: string;
  /** Id inside the source; (source, sourceId) is the natural key. */
  sourceId: string;
  /** Token of the company board it came from, so that one board can be closed out. */
  board: string | null;
  title: string;
  company: string;
  companyLogo: string | null;
  /** As stated, for display. */
  locationText: string | null;
  /** ISO-3166 alpha-2, where the source states the country apart from the text. */
  statedCountry: string | null;
  remote: RemoteMode | null;
  /** From structured fields. `enrich` reads `salaryText` and the description when there is none. */
  salary: Salary | null;
  salaryText: string | null;
  employmentType: EmploymentType | null;
  /** What the source says about seniority, in its own words. */
  levelHint: string | null;
  languageHint: Language | null;
  tags: string[];
  /** ISO-8601 UTC. */
  postedAt: string | null;
  updatedAt: string | null;
  expiresAt: string | null;
  descriptionHtml: string | null;
  descriptionText: string;
  applyUrl: string | null;
  listingUrl: string | null;
  attribution: Attribution | null;
  requisitionId: string | null;
  /** The source's own statement about visa support, where it makes one apart from the text. */
  visaFlag: SourceFlag | null;
  /** The item as it came, for audits and replays. */
  raw: unknown;
  /** ISO-8601 UTC. */
  fetchedAt: string;
}

/** A posting with everything that can be read from it. This is what ingestion stores. */
export interface EnrichedPosting extends NormalisedPosting {
  /** Identity of the page: tracking parameters dropped, identity parameters kept. */
  canonicalUrl: string | null;
  language: Language | null;
  level: ExperienceLevel | null;
  skills: SkillName[];
  places: Place[];
  /** Of the only or first place; null when unknown or when several countries are listed. */
  city: string | null;
  country: string | null;
  visa: VisaAssessment;
  companyKey: string;
  titleKey: string;
  fingerprint: string;
  blockingKeys: string[];
  /** What the keys were made of, for comparing it with others. */
  dedup: DedupProfile;
}
