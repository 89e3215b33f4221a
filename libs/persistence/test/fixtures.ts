import { SERVICES, type ServiceName } from '#contracts';
import { Column, Entity, Index, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import type { ServiceSchema } from '../src/index.js';

@Entity('notes')
export class Note {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notes_pkey' })
  declare id: string;

  @Index('notes_title_key', { unique: true })
  @Column('text')
  declare title: string;

  @Column('integer', { default: 0 })
  declare hits: number;
}

export class CreateNotes1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notes (id uuid CONSTRAINT notes_pkey PRIMARY KEY, title text NOT NULL, hits integer NOT NULL DEFAULT 0)`);
    await runner.query('CREATE UNIQUE INDEX notes_title_key ON notes (title)');
    await runner.query('CREATE SEQUENCE note_numbers');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notes');
    await runner.query('DROP SEQUENCE note_numbers');
  }
}

export const notesOf = (service: ServiceName): ServiceSchema => ({
  service,
  entities: [Note],
  migrations: [CreateNotes1700000000001],
});

export const allSchemas: readonly ServiceSchema[] = SERVICES.map(notesOf);
