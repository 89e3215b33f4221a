import { type DedupFacts, type DedupProfile, profileOf } from '../dedup/domain/profile.js';
import type { Candidate } from './domain/plan-batch.js';

/** A stored posting with what duplicates are recognised by. */
export interface CandidateRow {
  id: string;
  source: string;
  title: string;
  company: string;
  location: string | null;
  stated_country: string | null;
  canonical_urls: string[];
  fingerprint: string;
  description_text: string;
  blocks: string[];
}

export function candidateOf(row: CandidateRow): Candidate {
  let profile: DedupProfile | undefined;
  return {
    id: row.id,
    fingerprint: row.fingerprint,
    blocks: row.blocks,
    canonicalUrls: row.canonical_urls,
    profile: () => (profile ??= profileOf(factsOf(row))),
  };
}

const factsOf = (row: CandidateRow): DedupFacts => ({
  source: row.source,
  // Whoever is compared is no known sighting of this source, so the id at the source cannot be the same.
  sourceId: '',
  title: row.title,
  company: row.company,
  locationText: row.location,
  statedCountry: row.stated_country,
  canonicalUrls: row.canonical_urls,
  descriptionText: row.description_text,
});
