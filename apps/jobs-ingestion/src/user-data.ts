import { DELETED, type UserData } from '#persistence';

export const jobsUserData: UserData = {
  tables: [
    { table: 'bookmark', mine: 'user_id = $1', erase: DELETED },
    { table: 'user_match', mine: 'user_id = $1', erase: DELETED },
    { table: 'match_profile', mine: 'user_id = $1', erase: DELETED },
    {
      // Withdrawn by then (employer-postings/erasure-of-employers.ts), so that nobody reads an empty offer in a list.
      table: 'posting',
      mine: `source = 'custom' AND id IN (SELECT posting_id FROM employer_posting WHERE owner_id = $1 AND speaks)`,
      leftOut: { tsv: 'index of the words', places: 'in location', place_words: 'in location' },
      erase: {
        how: 'anonymised',
        set: `description_text = '', description_html = NULL, excerpt = '', apply_url = NULL, company_logo = NULL,
              visa_evidence = '[]', updated_at = now(), version = version + 1`,
        because:
          'title and employer stay, closed, for those who kept or applied for it; words and addresses are deleted',
      },
    },
    { table: 'employer_posting', mine: 'owner_id = $1', erase: DELETED },
    { table: 'employer_grant', mine: 'user_id = $1', erase: DELETED },
    {
      table: 'scrape_run',
      mine: 'requested_by = $1',
      erase: {
        how: 'anonymised',
        set: 'requested_by = NULL',
        because: 'what a run found belongs to the installation; who started it is forgotten',
      },
    },
  ],
  otherTables: {
    sighting: 'where an offer was seen',
    posting_block: 'keys by which offers are compared',
    scrape_source_result: 'what a source gave',
    source_state: 'state of a source',
    source_validator: 'validators of conditional requests',
    suggestion: 'titles, skills, employers and places of open offers, counted',
  },
};
