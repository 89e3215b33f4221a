import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWebhooks1769000000000 implements MigrationInterface {
  name = 'CreateWebhooks1769000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        url text NOT NULL,
        description text,
        event_types text[] NOT NULL,
        -- Sealed, as is the one before.
        secret text NOT NULL,
        previous_secret text,
        previous_expires_at timestamptz,
        disabled_reason text CHECK (disabled_reason IN ('owner', 'failing', 'gone')),
        disabled_at timestamptz,
        -- Its owner has yet to be written to.
        notice_due boolean NOT NULL DEFAULT false,
        -- Calls that failed since the last success, and the first of them.
        failures integer NOT NULL DEFAULT 0,
        failing_since timestamptz,
        -- The receiver wants to be left alone until then.
        hold_until timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT webhook_previous CHECK ((previous_secret IS NULL) = (previous_expires_at IS NULL)),
        CONSTRAINT webhook_disabled CHECK ((disabled_reason IS NULL) = (disabled_at IS NULL)),
        CONSTRAINT webhook_failing CHECK ((failures = 0) = (failing_since IS NULL))
      )`);
    await runner.query('CREATE INDEX webhook_user ON webhook (user_id, id DESC)');
    await runner.query('CREATE INDEX webhook_notice ON webhook (disabled_at) WHERE notice_due');
    await runner.query(`
      CREATE TABLE webhook_delivery (
        id uuid PRIMARY KEY,
        webhook_id uuid NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
        message_id uuid NOT NULL,
        replay_of uuid,
        event_type text NOT NULL,
        occurred_at timestamptz NOT NULL,
        data jsonb NOT NULL,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'succeeded', 'failed')),
        attempts integer NOT NULL DEFAULT 0,
        attempt_log jsonb NOT NULL DEFAULT '[]',
        next_attempt_at timestamptz NOT NULL,
        error text,
        answer text,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT webhook_delivery_over CHECK ((finished_at IS NULL) = (state IN ('pending', 'sending')))
      )`);
    await runner.query(
      'CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at) WHERE finished_at IS NULL',
    );
    await runner.query(
      `CREATE INDEX webhook_delivery_waiting ON webhook_delivery (webhook_id) WHERE finished_at IS NULL`,
    );
    await runner.query('CREATE INDEX webhook_delivery_log ON webhook_delivery (webhook_id, created_at DESC, id DESC)');
    await runner.query(
      'CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_delivery');
    await runner.query('DROP TABLE webhook');
  }
}
