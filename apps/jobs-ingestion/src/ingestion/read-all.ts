import { setImmediate as nextTurn } from 'node:timers/promises';
import { enrich } from '../normalise/enrich.js';
import type { EnrichedPosting, NormalisedPosting } from '../normalise/domain/posting.js';

/**
 * Postings read between two turns of the event loop: requests of others must not wait for a whole page, nor the dozen
 * statements of the batch that is stored meanwhile.
 */
const READ_AT_ONCE = 4;

export async function readAll(postings: readonly NormalisedPosting[]): Promise<EnrichedPosting[]> {
  const read: EnrichedPosting[] = [];
  for (const posting of postings) {
    read.push(enrich(posting));
    if (read.length % READ_AT_ONCE === 0) await nextTurn();
  }
  return read;
}
