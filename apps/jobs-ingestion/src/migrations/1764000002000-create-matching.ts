import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMatching1764000002000 implements MigrationInterface {
  name = 'CreateMatching1764000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
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
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_match, match_profile;');
  }
}
