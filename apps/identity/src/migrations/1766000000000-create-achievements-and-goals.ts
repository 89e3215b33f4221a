import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAchievementsAndGoals1766000000000 implements MigrationInterface {
  name = 'CreateAchievementsAndGoals1766000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE achievement (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        title text NOT NULL,
        description text,
        icon text,
        date_achieved date,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX achievement_of_user ON achievement (user_id, id)');

    await runner.query(`
      CREATE TABLE goal (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        title text NOT NULL,
        description text,
        category text,
        target double precision NOT NULL,
        unit text NOT NULL,
        period text NOT NULL,
        priority text NOT NULL,
        status text NOT NULL,
        start_date date NOT NULL,
        end_date date,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX goal_of_user ON goal (user_id, id)');

    await runner.query(`
      CREATE TABLE goal_progress (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        goal_id uuid NOT NULL REFERENCES goal (id) ON DELETE CASCADE,
        day date NOT NULL,
        value double precision NOT NULL,
        note text,
        created_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX goal_progress_of_goal ON goal_progress (goal_id, day, id)');
    // Erasing an account must not read the whole table.
    await runner.query('CREATE INDEX goal_progress_of_user ON goal_progress (user_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['goal_progress', 'goal', 'achievement']) await runner.query(`DROP TABLE ${table}`);
  }
}
