import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAvatars1766000001000 implements MigrationInterface {
  name = 'CreateAvatars1766000001000';

  async up(runner: QueryRunner): Promise<void> {
    // The bytes are in the file store; id is the public name of one picture.
    await runner.query(`
      CREATE TABLE avatar (
        user_id uuid PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
        id uuid NOT NULL CONSTRAINT avatar_id UNIQUE,
        file_64 text NOT NULL,
        file_256 text NOT NULL,
        file_512 text NOT NULL,
        created_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE avatar');
  }
}
