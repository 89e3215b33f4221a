import { DELETED, type UserData } from '#persistence';

export const identityUserData: UserData = {
  tables: [
    {
      table: 'refresh_token',
      mine: 'session_id IN (SELECT id FROM session WHERE user_id = $1)',
      notExported: 'hashes of tokens that are worthless to a reader',
      erase: DELETED,
    },
    { table: 'session', mine: 'user_id = $1', erase: DELETED },
    {
      table: 'mail_token',
      mine: 'user_id = $1',
      leftOut: { token_hash: 'hash of a secret that is in the mail' },
      erase: DELETED,
    },
    {
      table: 'pending_step',
      mine: 'user_id = $1',
      notExported: 'a sign-in that waits for one more step, sealed, for minutes',
      erase: DELETED,
    },
    {
      table: 'external_flow',
      mine: 'link_user_id = $1',
      notExported: 'a sign-in with a provider on its way, sealed, for minutes',
      erase: DELETED,
    },
    { table: 'external_identity', mine: 'user_id = $1', erase: DELETED },
    { table: 'api_key', mine: 'user_id = $1', leftOut: { hash: 'hash of the key' }, erase: DELETED },
    // A conversation ends with either of its two: what the other wrote was written to this person.
    { table: 'message', mine: '$1 IN (sender_id, receiver_id)', erase: DELETED },
    {
      table: 'connection',
      mine: '$1 IN (low_id, high_id) AND coalesce(blocked_by, rejected_by, $1) = $1',
      erase: DELETED,
      otherPeople: { requester_id: 'one of the two' },
    },
    {
      table: 'connection',
      mine: '$1 IN (low_id, high_id)',
      notExported: 'that somebody else rejected or blocked this person is his business',
      erase: DELETED,
    },
    { table: 'public_profile', mine: 'user_id = $1', erase: DELETED },
    { table: 'released_slug', mine: 'user_id = $1', erase: DELETED },
    {
      table: 'avatar',
      mine: 'user_id = $1',
      files: [{ area: 'avatars', ids: 'ARRAY[file_64, file_256, file_512]', exportedAs: 'webp' }],
      erase: DELETED,
    },
    { table: 'goal_progress', mine: 'user_id = $1', erase: DELETED },
    { table: 'goal', mine: 'user_id = $1', erase: DELETED },
    { table: 'achievement', mine: 'user_id = $1', erase: DELETED },
    { table: 'skill', mine: 'user_id = $1', erase: DELETED },
    { table: 'profile', mine: 'user_id = $1', erase: DELETED },
    {
      table: 'audit_log',
      mine: 'chain = $1 AND user_id = $1',
      leftOut: { chain: 'the id of the person again', hash: 'seal over the row' },
      // The role may not delete here; the function lets it, for one person whose erasure is running.
      erase: { how: 'deleted', call: 'erase_audit_chain' },
      otherPeople: { actor_id: 'in the history of the person something was done to, which is his' },
    },
    {
      table: 'data_export_answer',
      mine: 'export_id IN (SELECT id FROM data_export WHERE user_id = $1)',
      notExported: 'how far an export has come',
      erase: DELETED,
    },
    {
      table: 'data_export',
      mine: 'user_id = $1',
      leftOut: {
        file_id: 'place in the file store',
        asked: 'how often services were asked',
        next_ask_at: 'when they are asked next',
      },
      files: [{ area: 'exports', ids: 'ARRAY[file_id]' }],
      erase: DELETED,
    },
    {
      table: 'erasure',
      mine: 'user_id = $1',
      leftOut: {
        undo_hash: 'hash of a secret that is in the mail',
        certificate_hash: 'hash of a secret that is in the mail',
        sealed_contact: 'the address of the account, encrypted until the last mail has left',
        asked: 'how often services were asked',
        next_ask_at: 'when they are asked next',
      },
      erase: { how: 'kept', because: 'proof that the law was kept: times, ids and counts, nothing of the person' },
    },
    {
      table: 'account',
      mine: 'id = $1',
      leftOut: { password_hash: 'hash of a secret' },
      erase: DELETED,
    },
  ],
  otherTables: {
    signing_key: 'keys of the installation',
    sign_in_throttle: 'counters under keyed hashes that name nobody; an hour old at most',
    sign_in_code: 'codes under keyed hashes that name nobody; ten minutes old at most',
    erasure_answer: 'counts of rows per service',
  },
};
