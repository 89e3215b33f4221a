import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddBoardsOfSightings1769000000000 implements MigrationInterface {
  name = 'AddBoardsOfSightings1769000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sighting
        -- The company board it was listed on; null where the source lists no board as a whole.
        ADD COLUMN board text,
        -- Since when that board, read as a whole, does not list it any more.
        ADD COLUMN gone_at timestamptz;
      -- gone-sightings.
      CREATE INDEX sighting_board ON sighting (source, board) WHERE board IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sighting DROP COLUMN gone_at, DROP COLUMN board;');
  }
}
