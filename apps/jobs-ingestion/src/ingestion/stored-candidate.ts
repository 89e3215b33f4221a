import type { Candidate, Comparable } from './domain/plan-batch.js';

/** A stored posting with what duplicates are recognised by. */
export interface CandidateRow {
  id: string;
  title: string;
  title_key: string;
  company: string;
  company_key: string;
  location: string | null;
  places: { city: string | null; region: string | null; country: string | null }[];
  city: string | null;
  country: string | null;
  remote_mode: Comparable['remote'];
  experience_level: Comparable['level'];
  employment_type: Comparable['employmentType'];
  language: Comparable['language'];
  canonical_url: string | null;
  requisition_id: string | null;
  fingerprint: string;
  description_text: string;
  blocks: string[];
}

export const candidateOf = (row: CandidateRow): Candidate => ({
  id: row.id,
  blocks: row.blocks,
  comparable: {
    title: row.title,
    titleKey: row.title_key,
    company: row.company,
    companyKey: row.company_key,
    locationText: row.location,
    places: row.places.map(({ city, region, country }) => ({
      city,
      country,
      // Stored as one: a subdivision carries its country ("US-TX"), an area of several countries does not ("EU").
      subdivision: region?.includes('-') === true ? region : null,
      region: region?.includes('-') === false ? region : null,
    })),
    city: row.city,
    country: row.country,
    remote: row.remote_mode,
    level: row.experience_level,
    employmentType: row.employment_type,
    language: row.language,
    canonicalUrl: row.canonical_url,
    requisitionId: row.requisition_id,
    fingerprint: row.fingerprint,
    descriptionText: row.description_text,
  },
});
