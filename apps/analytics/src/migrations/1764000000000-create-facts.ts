import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateFacts1764000000000 implements MigrationInterface {
  name = 'CreateFacts1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE activity (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        kind text NOT NULL,
        posting_id uuid,
        occurred_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX activity_user_kind ON activity (user_id, kind, occurred_at)');
    // One row per step of an application's history: which order they arrive in does not matter.
    await runner.query(`
      CREATE TABLE application_step (
        application_id uuid NOT NULL,
        sequence integer NOT NULL,
        user_id uuid NOT NULL,
        posting_id uuid NOT NULL,
        status text NOT NULL,
        cause text NOT NULL,
        occurred_at timestamptz NOT NULL,
        PRIMARY KEY (application_id, sequence)
      )`);
    await runner.query('CREATE INDEX application_step_user ON application_step (user_id)');
    // A step that arrives after the deletion must not bring the application back.
    await runner.query(`
      CREATE TABLE deleted_application (
        application_id uuid PRIMARY KEY,
        user_id uuid NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE bookmark (
        user_id uuid NOT NULL,
        posting_id uuid NOT NULL,
        kept boolean NOT NULL,
        changed_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, posting_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['bookmark', 'deleted_application', 'application_step', 'activity']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
