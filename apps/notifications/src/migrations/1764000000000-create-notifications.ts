import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNotifications1764000000000 implements MigrationInterface {
  name = 'CreateNotifications1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notification (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        type text NOT NULL,
        priority text NOT NULL,
        title text NOT NULL,
        message text NOT NULL,
        data jsonb NOT NULL,
        occasion text NOT NULL,
        created_at timestamptz NOT NULL,
        read_at timestamptz,
        CONSTRAINT notification_occasion UNIQUE (user_id, occasion)
      )`);
    // The list of one person, newest first (UUIDv7 ids are in order of creation), and the unread count.
    await runner.query('CREATE INDEX notification_user ON notification (user_id, id DESC)');
    await runner.query('CREATE INDEX notification_unread ON notification (user_id) WHERE read_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notification');
  }
}
