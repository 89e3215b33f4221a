import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEmployerPostings1769000100000 implements MigrationInterface {
  name = 'CreateEmployerPostings1769000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What an employer (or an admin) says of an opening of his own. The posting is made from it; where a source showed
      -- the opening before, it takes the place of the source's words.
      CREATE TABLE employer_posting (
        -- Also its id as a sighting of the source 'custom'.
        id uuid PRIMARY KEY,
        posting_id uuid NOT NULL REFERENCES posting (id) ON DELETE CASCADE,
        owner_id uuid NOT NULL,
        -- As it was said: a change of one field reads the rest from here, not from what was made of it.
        statement jsonb NOT NULL,
        -- The source's words that stood there before, and come back when it is withdrawn.
        replaced jsonb,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        withdrawn_at timestamptz
      );
      -- One at a time speaks for an opening. known-sightings, posting-detail.
      CREATE UNIQUE INDEX employer_posting_standing ON employer_posting (posting_id) WHERE withdrawn_at IS NULL;
      -- Export, erasure, and how many somebody has.
      CREATE INDEX employer_posting_owner ON employer_posting (owner_id);
      CREATE INDEX employer_posting_posting ON employer_posting (posting_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE employer_posting;');
  }
}
