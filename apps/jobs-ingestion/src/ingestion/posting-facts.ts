import type { PostingFacts, Static } from '#contracts';
import type { EnrichedPosting } from '../normalise/domain/posting.js';

/** What events tell about a posting. */
export const factsOf = (
  id: string,
  posting: Pick<EnrichedPosting, 'title' | 'company' | 'country' | 'source' | 'visa' | 'skills'>,
): Static<typeof PostingFacts> => ({
  posting_id: id,
  title: posting.title,
  company: posting.company,
  country: posting.country,
  source: posting.source,
  visa: posting.visa.verdict,
  skills: posting.skills.slice(0, 60),
});
