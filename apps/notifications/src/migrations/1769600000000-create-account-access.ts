import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccountAccess1769600000000 implements MigrationInterface {
  name = 'CreateAccountAccess1769600000000';

  async up(runner: QueryRunner): Promise<void> {
    // Unblocked accounts keep their row, too: without it an old event that comes late would block them again.
    await runner.query(`
      CREATE TABLE account_access (
        user_id uuid PRIMARY KEY,
        blocked boolean NOT NULL,
        valid_from timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account_access');
  }
}
