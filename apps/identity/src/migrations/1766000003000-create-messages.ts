import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMessages1766000003000 implements MigrationInterface {
  name = 'CreateMessages1766000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE message (
        id uuid PRIMARY KEY,
        connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
        sender_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        receiver_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        content text NOT NULL,
        created_at timestamptz NOT NULL,
        read_at timestamptz,
        receipt_at timestamptz
      )`);
    // My messages, newest first (ids are in order of creation): all, and with one person.
    await runner.query('CREATE INDEX message_sent ON message (sender_id, id)');
    await runner.query('CREATE INDEX message_received ON message (receiver_id, id)');
    await runner.query('CREATE INDEX message_sent_to ON message (sender_id, receiver_id, id)');
    await runner.query('CREATE INDEX message_unread ON message (receiver_id, id) WHERE read_at IS NULL');
    await runner.query('CREATE INDEX message_of_connection ON message (connection_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE message');
  }
}
