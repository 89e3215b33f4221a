import { DELETED, type UserData } from '#persistence';

export const jobsUserData: UserData = {
  tables: [
    { table: 'bookmark', mine: 'user_id = $1', erase: DELETED },
    { table: 'user_match', mine: 'user_id = $1', erase: DELETED },
    { table: 'match_profile', mine: 'user_id = $1', erase: DELETED },
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
    posting: 'published job offers',
    sighting: 'where an offer was seen',
    posting_block: 'keys by which offers are compared',
    scrape_source_result: 'what a source gave',
    source_state: 'state of a source',
    source_validator: 'validators of conditional requests',
  },
};
