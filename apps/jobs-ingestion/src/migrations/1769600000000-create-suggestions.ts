import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSuggestions1769600000000 implements MigrationInterface {
  name = 'CreateSuggestions1769600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What may be offered while somebody types, counted from the open postings and counted anew when they changed.
      CREATE TABLE suggestion (
        kind text NOT NULL,
        -- What makes two spellings one: title_key, skill key, company_key; for places CC or CC:city.
        key text NOT NULL,
        text text NOT NULL,
        jobs integer NOT NULL,
        words tsvector GENERATED ALWAYS AS (to_tsvector('posting_text', text)) STORED,
        PRIMARY KEY (kind, key),
        CONSTRAINT suggestion_kind CHECK (kind IN ('title', 'skill', 'company', 'location'))
      );
      -- suggestions.find.
      CREATE INDEX suggestion_words ON suggestion USING gin (words);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE suggestion;');
  }
}
