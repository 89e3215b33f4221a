import type { Retention } from '#persistence';

const DAY = 86_400_000;

export const jobsRetention: Retention = {
  posting: {
    purpose: 'the catalogue: what was published, in the words it has now. What sources answered is not kept',
    until: 'sweep',
    sweeps: [
      {
        since: 'closed_at',
        event: 'it closed, where nobody keeps it and no employer still publishes it',
        keptMs: 365 * DAY,
        where: `NOT EXISTS (SELECT FROM bookmark b WHERE b.posting_id = posting.id)
          AND NOT EXISTS (SELECT FROM employer_posting e WHERE e.posting_id = posting.id AND e.withdrawn_at IS NULL)`,
      },
    ],
  },
  sighting: { purpose: 'where a posting was seen', until: { parent: 'posting' } },
  posting_block: { purpose: 'keys by which postings are compared', until: { parent: 'posting' } },
  employer_posting: { purpose: 'what an employer said of an opening', until: { parent: 'posting' } },
  employer_grant: { purpose: 'companies an employer may speak for', until: 'erasure' },
  bookmark: { purpose: 'postings somebody keeps', until: 'erasure' },
  match_profile: { purpose: 'what postings are compared with', until: 'erasure' },
  user_match: { purpose: 'not telling anybody of one posting twice', until: { parent: 'posting' } },
  suggestion: {
    purpose: 'offering words while somebody types a search',
    until: { code: 'suggestions/suggestions.schedule.ts', after: 'some minutes after its last posting closed' },
  },
  scrape_run: {
    purpose: 'when sources were read',
    until: 'sweep',
    sweeps: [{ since: 'started_at', event: 'it began', keptMs: 90 * DAY, where: 'finished_at IS NOT NULL' }],
  },
  scrape_source_result: { purpose: 'what each source gave', until: { parent: 'scrape_run' } },
  source_state: { purpose: 'whether a source is asked', until: { never: 'one row per source' } },
  source_validator: {
    purpose: 'not fetching again what has not changed',
    until: { never: 'one row per address of a source, overwritten' },
  },
};
