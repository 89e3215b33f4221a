import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ConfirmEmployers1770300000001 implements MigrationInterface {
  readonly name = 'ConfirmEmployers1770300000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- For whom an employer may speak, as identity told last.
      CREATE TABLE employer_grant (
        user_id uuid PRIMARY KEY,
        version integer NOT NULL,
        -- [{company_key, domain}]
        companies jsonb NOT NULL,
        updated_at timestamptz NOT NULL
      );
      ALTER TABLE employer_posting
        -- He may speak for the company it names and for the one its source names. Of what was published before, nobody
        -- has said so.
        ADD COLUMN confirmed boolean NOT NULL DEFAULT false,
        -- The posting has his words; otherwise they stand beside those of a source or of another employer.
        ADD COLUMN speaks boolean NOT NULL DEFAULT true;
      DROP INDEX employer_posting_standing;
      -- One at a time speaks for an opening, and nobody publishes one twice. known-sightings, posting-detail.
      CREATE UNIQUE INDEX employer_posting_speaks ON employer_posting (posting_id) WHERE withdrawn_at IS NULL AND speaks;
      CREATE UNIQUE INDEX employer_posting_once ON employer_posting (posting_id, owner_id) WHERE withdrawn_at IS NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM employer_posting WHERE NOT speaks;
      DROP INDEX employer_posting_once, employer_posting_speaks;
      CREATE UNIQUE INDEX employer_posting_standing ON employer_posting (posting_id) WHERE withdrawn_at IS NULL;
      ALTER TABLE employer_posting DROP COLUMN confirmed, DROP COLUMN speaks;
      DROP TABLE employer_grant;`);
  }
}
