import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindOldNotifications1769700000000 implements MigrationInterface {
  readonly name = 'FindOldNotifications1769700000000';

  async up(runner: QueryRunner): Promise<void> {
    // For retention only; rows arrive in this order, so a few pages are enough.
    await runner.query(
      'CREATE INDEX notification_created ON notification USING brin (created_at) WITH (pages_per_range = 16)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX notification_created');
  }
}
