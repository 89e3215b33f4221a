import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindReplayedDeadLetters1769700000001 implements MigrationInterface {
  readonly name = 'FindReplayedDeadLetters1769700000001';

  async up(runner: QueryRunner): Promise<void> {
    // For retention; open ones have an index of their own.
    await runner.query(
      'CREATE INDEX dead_letters_replayed ON dead_letters (replayed_at) WHERE replayed_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX dead_letters_replayed');
  }
}
