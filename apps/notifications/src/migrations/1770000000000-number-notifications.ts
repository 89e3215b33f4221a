import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Live sockets are resumed by these numbers; nobody was ever told one of what is there already, so it gets none. */
export class NumberNotifications1770000000000 implements MigrationInterface {
  name = 'NumberNotifications1770000000000';

  async up(runner: QueryRunner): Promise<void> {
    // The number given out last. Its row is locked until the notification is committed: numbers grow in that order.
    await runner.query(`
      CREATE TABLE notification_counter (
        user_id uuid PRIMARY KEY,
        last integer NOT NULL
      )`);
    await runner.query('ALTER TABLE notification ADD COLUMN sequence integer');
    await runner.query(
      'CREATE UNIQUE INDEX notification_sequence ON notification (user_id, sequence) WHERE sequence IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notification DROP COLUMN sequence');
    await runner.query('DROP TABLE notification_counter');
  }
}
