import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindOldActivity1769700000000 implements MigrationInterface {
  readonly name = 'FindOldActivity1769700000000';

  async up(runner: QueryRunner): Promise<void> {
    // For retention only; rows arrive nearly in this order, so a few pages are enough.
    await runner.query(
      'CREATE INDEX activity_occurred ON activity USING brin (occurred_at) WITH (pages_per_range = 16)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX activity_occurred');
  }
}
