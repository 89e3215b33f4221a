import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTracking1764000000000 implements MigrationInterface {
  name = 'CreateTracking1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE application (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        posting_id uuid NOT NULL,
        status text NOT NULL CHECK (status IN
          ('saved', 'applied', 'interviewing', 'offered', 'accepted', 'declined', 'rejected', 'withdrawn')),
        applied_date date,
        notes text,
        resume_id uuid,
        resume_version text,
        cover_letter text,
        salary_expectation numeric(12, 2),
        follow_up_date date,
        job_title text NOT NULL,
        job_company text NOT NULL,
        job_location text,
        job_url text,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT application_user_posting UNIQUE (user_id, posting_id)
      )`);
    // The list of one person, newest change first (listApplications).
    await runner.query('CREATE INDEX application_user_updated ON application (user_id, updated_at DESC, id DESC)');
    await runner.query(`
      CREATE TABLE timeline_entry (
        id uuid PRIMARY KEY,
        application_id uuid NOT NULL REFERENCES application (id) ON DELETE CASCADE,
        user_id uuid NOT NULL,
        kind text NOT NULL,
        from_status text,
        to_status text,
        changed_fields text[] NOT NULL DEFAULT '{}',
        note text,
        cause text NOT NULL,
        occurred_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX timeline_entry_application ON timeline_entry (application_id, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE timeline_entry');
    await runner.query('DROP TABLE application');
  }
}
