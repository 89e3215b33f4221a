import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccounts1764000000000 implements MigrationInterface {
  name = 'CreateAccounts1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account (
        id uuid PRIMARY KEY,
        email citext NOT NULL,
        full_name text NOT NULL,
        password_hash text,
        password_one_time boolean NOT NULL DEFAULT false,
        roles text[] NOT NULL CHECK (roles <@ ARRAY['user', 'employer', 'admin'] AND cardinality(roles) > 0),
        is_owner boolean NOT NULL DEFAULT false,
        email_verified_at timestamptz,
        blocked_at timestamptz,
        access_changed_at timestamptz,
        created_at timestamptz NOT NULL,
        CONSTRAINT account_email UNIQUE (email)
      )`);
    // One owner for good, also when two replicas start at the same moment.
    await runner.query('CREATE UNIQUE INDEX account_owner ON account (is_owner) WHERE is_owner');
    // What a verifier must still refuse (listRevocations).
    await runner.query(
      'CREATE INDEX account_access_changed ON account (access_changed_at) WHERE access_changed_at IS NOT NULL',
    );

    await runner.query(`
      CREATE TABLE session (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        address text,
        user_agent text,
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_reason text
      )`);
    // My sessions, and "has this account signed in from this address before?".
    await runner.query('CREATE INDEX session_of_user ON session (user_id, last_seen_at DESC)');
    await runner.query('CREATE INDEX session_revoked ON session (revoked_at) WHERE revoked_at IS NOT NULL');

    // token_hash: SHA-256 of 256 random bits, so a plain fast hash is enough.
    await runner.query(`
      CREATE TABLE refresh_token (
        token_hash bytea PRIMARY KEY,
        session_id uuid NOT NULL REFERENCES session (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        rotated_at timestamptz
      )`);
    await runner.query('CREATE INDEX refresh_token_session ON refresh_token (session_id)');

    await runner.query(`
      CREATE TABLE signing_key (
        kid text PRIMARY KEY,
        algorithm text NOT NULL CHECK (algorithm IN ('ES256', 'RS256')),
        public_jwk jsonb NOT NULL,
        private_key_sealed text NOT NULL,
        created_at timestamptz NOT NULL,
        activates_at timestamptz NOT NULL,
        retires_at timestamptz
      )`);

    // Failed tries of the last hour per keyed hash of an address or account; rows of the past are swept by new ones.
    await runner.query(`
      CREATE TABLE sign_in_throttle (
        key bytea PRIMARY KEY,
        failures timestamptz[] NOT NULL,
        updated_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX sign_in_throttle_updated ON sign_in_throttle (updated_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['sign_in_throttle', 'signing_key', 'refresh_token', 'session', 'account']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
