import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindGenerationsWithoutALetter1769700000000 implements MigrationInterface {
  readonly name = 'FindGenerationsWithoutALetter1769700000000';

  async up(runner: QueryRunner): Promise<void> {
    // For retention: nobody can delete them by their letter.
    await runner.query(`CREATE INDEX generation_without_letter ON generation (created_at) WHERE status <> 'succeeded'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX generation_without_letter');
  }
}
