import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For every service that caps what people do in a day. */
export class CreateDailyUse1770000100000 implements MigrationInterface {
  name = 'CreateDailyUse1770000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE daily_use (
        use text NOT NULL,
        who text NOT NULL,
        hour timestamptz NOT NULL,
        count integer NOT NULL,
        PRIMARY KEY (use, who, hour)
      )`);
    // Retention: what is older than a day says nothing any more.
    await runner.query('CREATE INDEX daily_use_hour ON daily_use (hour)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE daily_use');
  }
}
