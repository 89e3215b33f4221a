import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEmployerCompanies1770300000000 implements MigrationInterface {
  readonly name = 'CreateEmployerCompanies1770300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Nobody speaks for a company until an admin says so, not even who has the role already.
      CREATE TABLE employer_company (
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        -- How postings are compared by their company: one entry for all ways to write it.
        company_key text NOT NULL,
        company text NOT NULL,
        domain text,
        -- Null once that admin is erased.
        granted_by uuid,
        granted_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, company_key)
      );
      -- Erasure of the admin.
      CREATE INDEX employer_company_granted_by ON employer_company (granted_by);
      -- Orders the events that carry the list. On the account, since a list may become empty.
      ALTER TABLE account ADD COLUMN companies_version integer NOT NULL DEFAULT 0;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE account DROP COLUMN companies_version; DROP TABLE employer_company;');
  }
}
