import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FindOldPostings1769700000000 implements MigrationInterface {
  readonly name = 'FindOldPostings1769700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- For retention: those that closed long ago.
      CREATE INDEX posting_closed ON posting (closed_at) WHERE closed_at IS NOT NULL;
      -- Whether somebody keeps a posting, and what goes with it.
      CREATE INDEX bookmark_posting ON bookmark (posting_id);
      CREATE INDEX user_match_posting ON user_match (posting_id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX user_match_posting, bookmark_posting, posting_closed;');
  }
}
