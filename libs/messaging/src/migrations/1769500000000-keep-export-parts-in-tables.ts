import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepExportPartsInTables1769500000000 implements MigrationInterface {
  readonly name = 'KeepExportPartsInTables1769500000000';

  async up(runner: QueryRunner): Promise<void> {
    // A part that was written before lies in files of one replica; whoever waits for it asks anew.
    await runner.query('DELETE FROM user_data_part');
    await runner.query(`
      CREATE TABLE user_data_piece (
        request_id uuid NOT NULL REFERENCES user_data_part (request_id) ON DELETE CASCADE,
        -- Index into user_data_part.entries, and which piece of it.
        entry integer NOT NULL,
        piece integer NOT NULL,
        bytes bytea NOT NULL,
        PRIMARY KEY (request_id, entry, piece)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_data_piece');
    await runner.query('DELETE FROM user_data_part');
  }
}
