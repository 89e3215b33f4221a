import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDeliveries1767000000000 implements MigrationInterface {
  name = 'CreateDeliveries1767000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE delivery (
        id uuid PRIMARY KEY,
        user_id uuid,
        kind text NOT NULL,
        content text,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL,
        expires_at timestamptz,
        reason text,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT delivery_over CHECK ((finished_at IS NULL) = (state IN ('pending', 'sending'))),
        -- What it said is gone when it is over.
        CONSTRAINT delivery_content CHECK ((content IS NULL) = (finished_at IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX delivery_due ON delivery (next_attempt_at) WHERE finished_at IS NULL`);
    await runner.query('CREATE INDEX delivery_finished ON delivery (finished_at) WHERE finished_at IS NOT NULL');
    await runner.query('CREATE INDEX delivery_user ON delivery (user_id)');
    await runner.query(`
      CREATE TABLE local_mail (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        content text NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX local_mail_created ON local_mail (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE local_mail');
    await runner.query('DROP TABLE delivery');
  }
}
