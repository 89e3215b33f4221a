import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateExternalIdentities1765000002000 implements MigrationInterface {
  name = 'CreateExternalIdentities1765000002000';

  async up(runner: QueryRunner): Promise<void> {
    // Issuer and subject: a provider that is configured anew under an old name does not inherit its people.
    await runner.query(`
      CREATE TABLE external_identity (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        provider text NOT NULL,
        issuer text NOT NULL,
        subject text NOT NULL,
        email citext,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz NOT NULL,
        CONSTRAINT external_identity_subject UNIQUE (issuer, subject)
      )`);
    await runner.query('CREATE INDEX external_identity_user ON external_identity (user_id)');

    // A redirect dance on its way: found by its state, good for the browser that started it, once.
    await runner.query(`
      CREATE TABLE external_flow (
        state_hash bytea PRIMARY KEY,
        browser_hash bytea NOT NULL,
        provider text NOT NULL,
        secrets_sealed text NOT NULL,
        return_to text,
        link_user_id uuid REFERENCES account (id) ON DELETE CASCADE,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX external_flow_expires ON external_flow (expires_at)');

    // Sign-ins that wait for one more step: a page that fetches its tokens, a linking that is to be confirmed.
    await runner.query(`
      CREATE TABLE pending_step (
        token_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        step text NOT NULL,
        method text NOT NULL,
        content_sealed text,
        tries integer NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX pending_step_expires ON pending_step (expires_at)');
    await runner.query('CREATE INDEX pending_step_user ON pending_step (user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['pending_step', 'external_flow', 'external_identity']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
