export const runTables = `
CREATE TABLE scrape_run (
  id uuid PRIMARY KEY,
  trigger text NOT NULL,
  -- Who asked; progress is pushed to that person.
  requested_by uuid,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  CONSTRAINT scrape_run_trigger CHECK (trigger IN ('manual', 'schedule', 'first-start'))
);
-- list-runs.
CREATE INDEX scrape_run_newest ON scrape_run (started_at DESC, id DESC);
-- abandoned runs.
CREATE INDEX scrape_run_open ON scrape_run (started_at) WHERE finished_at IS NULL;

CREATE TABLE scrape_source_result (
  run_id uuid NOT NULL REFERENCES scrape_run (id) ON DELETE CASCADE,
  source text NOT NULL,
  outcome text,
  fetched integer NOT NULL DEFAULT 0,
  created integer NOT NULL DEFAULT 0,
  changed integer NOT NULL DEFAULT 0,
  duplicate_url integer NOT NULL DEFAULT 0,
  duplicate_fingerprint integer NOT NULL DEFAULT 0,
  duplicate_near integer NOT NULL DEFAULT 0,
  unchanged integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  with_visa_evidence integer NOT NULL DEFAULT 0,
  pages integer NOT NULL DEFAULT 0,
  error text,
  started_at timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (run_id, source),
  CONSTRAINT scrape_source_result_outcome CHECK (outcome IN ('ok', 'unchanged', 'blocked', 'failed', 'disabled'))
);

CREATE TABLE source_state (
  name text PRIMARY KEY,
  -- What an admin decided; null leaves it to the configuration.
  enabled boolean,
  etag text,
  last_modified text,
  last_run_at timestamptz,
  last_success_at timestamptz,
  last_outcome text,
  last_error text,
  -- Set when a source asked us to wait or refused: not asked again before.
  blocked_until timestamptz,
  updated_at timestamptz NOT NULL
);
`;

export const matchingTables = `
-- Read model of identity's profile.updated; rebuilt from that stream.
CREATE TABLE match_profile (
  user_id uuid PRIMARY KEY,
  version integer NOT NULL,
  skills text[] NOT NULL,
  skill_keys text[] NOT NULL,
  experience_level text,
  experience_years numeric(4, 1),
  preferred_locations jsonb NOT NULL,
  remote_preference text,
  salary_min numeric(14, 2),
  salary_max numeric(14, 2),
  currency text,
  visa_sponsorship_required boolean,
  updated_at timestamptz NOT NULL
);
-- profiles-for-postings.
CREATE INDEX match_profile_skills ON match_profile USING gin (skill_keys);

-- A match somebody was told about; the key is why nobody is told twice.
CREATE TABLE user_match (
  user_id uuid NOT NULL,
  posting_id uuid NOT NULL REFERENCES posting (id) ON DELETE CASCADE,
  score numeric(4, 1) NOT NULL,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (user_id, posting_id)
);
`;
