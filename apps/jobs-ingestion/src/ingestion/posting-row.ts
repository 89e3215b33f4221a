import type { EnrichedPosting } from '../normalise/domain/posting.js';
import { skillKey } from '../search/domain/words.js';
import { contentHash } from './domain/content-hash.js';
import { excerptOf } from './domain/excerpt.js';
import type { IncomingPosting } from './domain/plan-batch.js';
import { placeWords } from './domain/place-words.js';

/** The columns of `posting` that come from a source, in the order of the insert. Types for json_to_recordset. */
export const SOURCE_COLUMNS = {
  title: 'text',
  title_key: 'text',
  company: 'text',
  company_key: 'text',
  company_logo: 'text',
  location: 'text',
  stated_country: 'text',
  city: 'text',
  country: 'text',
  places: 'jsonb',
  place_words: 'text[]',
  remote_mode: 'text',
  employment_type: 'text',
  experience_level: 'text',
  language: 'text',
  salary_min: 'numeric',
  salary_max: 'numeric',
  salary_currency: 'text',
  salary_period: 'text',
  salary_is_estimated: 'boolean',
  skills: 'text[]',
  skill_keys: 'text[]',
  excerpt: 'text',
  description_text: 'text',
  description_html: 'text',
  apply_url: 'text',
  attribution: 'jsonb',
  fingerprint: 'text',
  visa_verdict: 'text',
  visa_evidence: 'jsonb',
  expires_at: 'timestamptz',
} as const;
export type SourceColumn = keyof typeof SOURCE_COLUMNS;
export type PostingRow = Record<SourceColumn, unknown>;
/** What a posting says, and whose words these are. */
export type PostingWords = PostingRow & { source: string };

export function postingRow(posting: EnrichedPosting): PostingRow {
  const skills = [...new Set(posting.skills)];
  return {
    title: posting.title,
    title_key: posting.titleKey,
    company: posting.company,
    company_key: posting.companyKey,
    company_logo: posting.companyLogo,
    location: posting.locationText,
    stated_country: posting.statedCountry,
    city: posting.city,
    country: posting.country,
    places: posting.places.map((place) => ({
      city: place.city,
      region: place.subdivision ?? place.region,
      country: place.country,
    })),
    place_words: placeWords(posting.locationText, posting.places),
    remote_mode: posting.remote,
    employment_type: posting.employmentType,
    experience_level: posting.level,
    language: posting.language,
    salary_min: posting.salary?.min ?? null,
    salary_max: posting.salary?.max ?? null,
    salary_currency: posting.salary?.currency ?? null,
    salary_period: posting.salary?.period ?? null,
    salary_is_estimated: posting.salary?.isEstimated ?? false,
    skills,
    skill_keys: [...new Set(skills.map(skillKey))],
    excerpt: excerptOf(posting.descriptionText),
    description_text: posting.descriptionText,
    description_html: posting.descriptionHtml,
    apply_url: posting.applyUrl ?? posting.listingUrl,
    attribution: posting.attribution,
    fingerprint: posting.fingerprint,
    visa_verdict: posting.visa.verdict,
    visa_evidence: posting.visa.evidence,
    expires_at: posting.expiresAt,
  };
}

export const wordsOf = (posting: EnrichedPosting): PostingWords => ({ source: posting.source, ...postingRow(posting) });

export const incomingPosting = (posting: EnrichedPosting): IncomingPosting => ({
  posting,
  contentHash: contentHash(posting),
});
