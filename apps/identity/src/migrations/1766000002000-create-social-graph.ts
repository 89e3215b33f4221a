import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSocialGraph1766000002000 implements MigrationInterface {
  name = 'CreateSocialGraph1766000002000';

  async up(runner: QueryRunner): Promise<void> {
    // visibility: section → who may see it; a section that is not in it is private.
    await runner.query(`
      CREATE TABLE public_profile (
        user_id uuid PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
        slug text CONSTRAINT public_profile_slug UNIQUE,
        is_listed boolean NOT NULL DEFAULT false,
        visibility jsonb NOT NULL DEFAULT '{}',
        updated_at timestamptz NOT NULL,
        CHECK (NOT is_listed OR slug IS NOT NULL)
      )`);
    await runner.query('CREATE INDEX public_profile_listed ON public_profile (user_id) WHERE is_listed');
    await runner.query(`
      CREATE TABLE released_slug (
        slug text PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        released_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX released_slug_user ON released_slug (user_id)');

    // One row per two people: low_id < high_id. Rows of strangers stay, since they remember rejections and requests.
    await runner.query(`
      CREATE TABLE connection (
        id uuid PRIMARY KEY,
        low_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        high_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        status text NOT NULL CHECK (status IN ('none', 'pending', 'accepted', 'rejected', 'blocked')),
        requester_id uuid,
        asked_at timestamptz,
        blocked_by uuid,
        rejected_by uuid,
        rejected_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT connection_pair UNIQUE (low_id, high_id),
        CHECK (low_id < high_id),
        CHECK ((status = 'blocked') = (blocked_by IS NOT NULL))
      )`);
    await runner.query('CREATE INDEX connection_high ON connection (high_id)');
    await runner.query('CREATE INDEX connection_asked ON connection (requester_id, asked_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['connection', 'released_slug', 'public_profile']) await runner.query(`DROP TABLE ${table}`);
  }
}
