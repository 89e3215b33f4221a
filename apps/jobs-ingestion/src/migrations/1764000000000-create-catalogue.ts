import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The job catalogue. Salaries are in major units of `salary_currency`, before tax, per `salary_period`; the generated
 * yearly amounts are what filters and sorting compare, and only within one currency.
 */
export class CreateCatalogue1764000000000 implements MigrationInterface {
  name = 'CreateCatalogue1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- 'simple' does not stem, so every language is searched alike; unaccent() itself is not immutable and could not stand
      -- in a generated column, a configuration that contains it can.
      CREATE TEXT SEARCH CONFIGURATION posting_text (COPY = pg_catalog.simple);
      ALTER TEXT SEARCH CONFIGURATION posting_text
        ALTER MAPPING FOR word, hword, hword_part, numword, numhword WITH public.unaccent, pg_catalog.simple;

      -- How timestamps are written in JSON that is built here: UTC, milliseconds, like Date.toISOString().
      CREATE FUNCTION iso(moment timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
        RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

      CREATE TABLE posting (
        id uuid PRIMARY KEY,
        title text NOT NULL,
        title_key text NOT NULL,
        company text NOT NULL,
        company_key text NOT NULL,
        company_logo text,
        location text,
        -- Where the source states the country apart from the text; duplicates are recognised with it.
        stated_country text,
        -- Of the only or first place; null where several disagree.
        city text,
        country text,
        -- All places that were recognised: [{city, region, country}].
        places jsonb NOT NULL,
        -- Every word by which a reader may name one of its places, in lower case, and the country codes in upper case.
        place_words text[] NOT NULL,
        remote_mode text,
        employment_type text,
        experience_level text,
        language text,
        salary_min numeric(14, 2),
        salary_max numeric(14, 2),
        salary_currency text,
        salary_period text,
        salary_is_estimated boolean NOT NULL DEFAULT false,
        -- 2080, 260, 52 and 12: working hours, days, weeks and months of a year.
        salary_year_min numeric GENERATED ALWAYS AS (coalesce(salary_min, salary_max) * CASE salary_period
          WHEN 'hour' THEN 2080 WHEN 'day' THEN 260 WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'year' THEN 1 END) STORED,
        salary_year_max numeric GENERATED ALWAYS AS (coalesce(salary_max, salary_min) * CASE salary_period
          WHEN 'hour' THEN 2080 WHEN 'day' THEN 260 WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'year' THEN 1 END) STORED,
        skills text[] NOT NULL,
        -- Lower case, for comparing.
        skill_keys text[] NOT NULL,
        excerpt text NOT NULL,
        description_text text NOT NULL,
        description_html text,
        apply_url text,
        attribution jsonb,
        fingerprint text NOT NULL,
        visa_verdict text NOT NULL,
        visa_evidence jsonb NOT NULL,
        -- Where it was seen first; all places are in sighting.
        source text NOT NULL,
        posted_at timestamptz,
        first_seen_at timestamptz NOT NULL,
        -- What lists are ordered by. An unknown posting date counts as the day we first saw it.
        listed_at timestamptz GENERATED ALWAYS AS (coalesce(posted_at, first_seen_at)) STORED,
        updated_at timestamptz NOT NULL,
        expires_at timestamptz,
        closed_at timestamptz,
        close_reason text,
        version integer NOT NULL DEFAULT 1,
        -- Skills are whole lexemes ('c++', 'machine learning'): the parser would cut them to 'c' and two words.
        tsv tsvector GENERATED ALWAYS AS (
          setweight(to_tsvector('posting_text', title), 'A')
          || setweight(to_tsvector('posting_text', company), 'B')
          || setweight(to_tsvector('posting_text', left(description_text, 60000)), 'D')
          || array_to_tsvector(skill_keys)) STORED,
        CONSTRAINT posting_remote_mode CHECK (remote_mode IN ('remote', 'hybrid', 'onsite')),
        CONSTRAINT posting_visa_verdict CHECK (visa_verdict IN ('yes', 'maybe', 'no', 'unknown')),
        CONSTRAINT posting_salary_period CHECK (salary_period IN ('hour', 'day', 'week', 'month', 'year')),
        CONSTRAINT posting_country CHECK (country ~ '^[A-Z]{2}$'),
        CONSTRAINT posting_salary_order CHECK (salary_min <= salary_max)
      );

      -- search-postings: newest first, with no filter or an unselective one.
      CREATE INDEX posting_newest ON posting (listed_at DESC, id DESC) WHERE closed_at IS NULL;
      -- search-postings: the filter that cuts most and is used most, still newest first.
      CREATE INDEX posting_sponsored_newest ON posting (listed_at DESC, id DESC)
        WHERE closed_at IS NULL AND visa_verdict = 'yes';
      -- search-postings: sort_by=salary within one currency.
      CREATE INDEX posting_salary ON posting (salary_currency, salary_year_max DESC, id DESC)
        WHERE closed_at IS NULL AND salary_year_max IS NOT NULL;
      -- search-postings: q, skills, location and country. match-candidates: skills.
      CREATE INDEX posting_text ON posting USING gin (tsv);
      CREATE INDEX posting_skills ON posting USING gin (skill_keys);
      CREATE INDEX posting_places ON posting USING gin (place_words);
      -- search-postings: company, by its beginning. duplicate-candidates compares whole keys with the same operator class.
      CREATE INDEX posting_company ON posting (company_key text_pattern_ops);
      -- duplicate-candidates: second layer.
      CREATE INDEX posting_fingerprint ON posting (fingerprint);
      -- close-expired.
      CREATE INDEX posting_expiry ON posting (expires_at) WHERE closed_at IS NULL AND expires_at IS NOT NULL;

      -- One row for each place a posting was seen at; says also why it was taken for the same opening.
      -- Touched on every run, hence narrow and with room for in-page updates.
      CREATE TABLE sighting (
        source text NOT NULL,
        source_id text NOT NULL,
        posting_id uuid NOT NULL REFERENCES posting (id) ON DELETE CASCADE,
        url text,
        -- Identity of the page: tracking parameters dropped.
        canonical_url text,
        content_hash text NOT NULL,
        first_seen_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        -- The run that touched it last: a redelivered page is not counted twice.
        last_run_id uuid,
        -- first: it made the posting; else the layer of duplicate detection that joined it.
        layer text NOT NULL,
        score real,
        evidence jsonb,
        PRIMARY KEY (source, source_id),
        CONSTRAINT sighting_layer CHECK (layer IN ('first', 'url', 'fingerprint', 'near'))
      ) WITH (fillfactor = 80);
      CREATE INDEX sighting_posting ON sighting (posting_id);
      -- duplicate-candidates: first layer.
      CREATE INDEX sighting_canonical_url ON sighting (canonical_url) WHERE canonical_url IS NOT NULL;

      -- duplicate-candidates, third layer: postings that share a key are worth comparing.
      CREATE TABLE posting_block (
        block text NOT NULL,
        posting_id uuid NOT NULL REFERENCES posting (id) ON DELETE CASCADE,
        PRIMARY KEY (block, posting_id)
      );
      CREATE INDEX posting_block_posting ON posting_block (posting_id);

      CREATE TABLE bookmark (
        user_id uuid NOT NULL,
        posting_id uuid NOT NULL REFERENCES posting (id) ON DELETE CASCADE,
        notes text,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, posting_id)
      );
      -- list-bookmarks.
      CREATE INDEX bookmark_newest ON bookmark (user_id, created_at DESC, posting_id DESC);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE bookmark, posting_block, sighting, posting;
      DROP FUNCTION iso(timestamptz);
      DROP TEXT SEARCH CONFIGURATION posting_text;`);
  }
}
