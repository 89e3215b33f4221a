import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePasskeys1769000001000 implements MigrationInterface {
  name = 'CreatePasskeys1769000001000';

  async up(runner: QueryRunner): Promise<void> {
    // A credential belongs to one account, whoever claims it later.
    await runner.query(`
      CREATE TABLE passkey (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        credential_id bytea NOT NULL CONSTRAINT passkey_credential UNIQUE,
        public_key bytea NOT NULL,
        sign_count bigint NOT NULL,
        aaguid uuid NOT NULL,
        transports text[] NOT NULL,
        name text NOT NULL,
        backup_eligible boolean NOT NULL,
        backed_up boolean NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz
      )`);
    await runner.query('CREATE INDEX passkey_user ON passkey (user_id)');

    // What is to be signed, good once: by one session for a registration, by anybody for a sign-in (no user).
    await runner.query(`
      CREATE TABLE passkey_challenge (
        challenge_hash bytea PRIMARY KEY,
        user_id uuid REFERENCES account (id) ON DELETE CASCADE,
        session_id uuid,
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at)');
    await runner.query('CREATE INDEX passkey_challenge_user ON passkey_challenge (user_id) WHERE user_id IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['passkey_challenge', 'passkey']) await runner.query(`DROP TABLE ${table}`);
  }
}
