import { createHash } from 'node:crypto';
import type { EnrichedPosting } from '../../normalise/domain/posting.js';

/**
 * Changes when a reader would see a change. The posting date is left out: boards bump it to stay on top. Bump the
 * version when a rule reads texts anew, so that known postings are read again on the next run.
 */
const VERSION = 2;

export const contentHash = (posting: EnrichedPosting): string =>
  createHash('sha1')
    .update(
      JSON.stringify([
        VERSION,
        posting.title,
        posting.company,
        posting.locationText,
        posting.descriptionText,
        posting.salary,
        posting.employmentType,
        posting.level,
        posting.remote,
        posting.applyUrl ?? posting.listingUrl,
        posting.expiresAt,
        posting.visa.verdict,
        posting.skills,
      ]),
    )
    .digest('base64url');
