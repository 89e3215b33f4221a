import type { ImportedPosting } from '#contracts';
import type { NormalisedPosting } from '../../normalise/domain/posting.js';
import { statedSalary } from '../../salary/domain/salary.js';
import type { RejectedItem } from '../source.port.js';
import { toPosting } from '../shared/posting-draft.js';

/** An imported posting as any source's: what the file leaves out is read from its text. */
export function fromImported(given: ImportedPosting, now: Date): NormalisedPosting | RejectedItem {
  const offers = given.visa_sponsorship ?? null;
  return toPosting(
    {
      sourceId: given.source_id,
      title: given.title,
      company: given.company,
      locationText: given.location,
      statedCountry: given.country,
      remote: given.remote,
      employmentType: given.employment_type,
      levelHint: given.experience_level,
      salary: statedSalary({
        min: given.salary_min ?? null,
        max: given.salary_max ?? null,
        currency: given.currency ?? null,
        period: given.salary_period ?? null,
      }),
      tags: given.tags,
      description: given.description,
      postedAt: given.posted_at,
      expiresAt: given.expires_at,
      applyUrl: given.url,
      listingUrl: given.url,
      visaFlag:
        offers === null
          ? null
          : { says: offers ? 'offers' : 'refuses', basis: 'field', statement: `visa_sponsorship: ${offers}` },
      raw: given,
    },
    { source: given.source, attribution: null, now },
  );
}
