import 'reflect-metadata';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Logger,
  platformSettings,
  PlatformModule,
  HealthRegistry,
  Metrics,
  readSettings,
  ShutdownSequence,
} from '#platform';
import { createTestDatabase, type TestDatabase } from '#testing';
import { Database, PersistenceModule, unitOfWorkToken, UnitOfWork } from '../src/index.js';
import { notesOf } from './fixtures.js';

@Injectable()
class IdentityRepository {
  constructor(
    readonly database: Database,
    readonly unitOfWork: UnitOfWork,
  ) {}
}

@Injectable()
class JobsRepository {
  constructor(
    readonly database: Database,
    // As a module beside persistence sees it.
    @Inject(unitOfWorkToken('identity')) readonly neighbour: UnitOfWork,
  ) {}
}

@Injectable()
class Gateway {
  constructor(@Inject('maybe a database') readonly database: unknown) {}
}

describe('the persistence module', () => {
  const identity = notesOf('identity');
  const jobs = notesOf('jobs-ingestion');
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase([identity, jobs]);
  });
  afterAll(() => db.drop());

  it('gives each of two composed services its own database, and the gateway beside them none', async () => {
    const lines: string[] = [];
    const logger = Logger.create({
      service: 'standalone',
      level: 'warn',
      format: 'json',
      destination: { write: (line: string) => void lines.push(line) },
    });
    const metrics = new Metrics('standalone', false);
    const shutdown = new ShutdownSequence(logger);
    const health = new HealthRegistry();
    @Module({
      imports: [PersistenceModule.forService(identity, db.settingsOf('identity', { DATABASE_SLOW_MS: 50 }))],
      providers: [IdentityRepository],
    })
    class IdentityModule {}
    @Module({
      imports: [PersistenceModule.forService(jobs, db.settingsOf('jobs-ingestion'))],
      providers: [JobsRepository],
    })
    class JobsModule {}
    @Module({
      providers: [
        Gateway,
        {
          provide: 'maybe a database',
          useFactory: (none: unknown) => none,
          inject: [{ token: Database, optional: true }],
        },
      ],
    })
    class GatewayModule {}
    const settings = readSettings(platformSettings, {});
    @Module({
      imports: [
        PlatformModule.forRoot({ app: 'standalone', settings, logger, metrics, shutdown, health }),
        IdentityModule,
        JobsModule,
        GatewayModule,
      ],
    })
    class Standalone {}

    const app = await NestFactory.createApplicationContext(Standalone, { logger: false });
    const first = app.get(IdentityRepository);
    const second = app.get(JobsRepository);
    const schemaOf = (database: Database) =>
      database.query<{ schema: string }>('where', 'SELECT current_schema() AS schema');
    expect(await schemaOf(first.database)).toEqual([{ schema: 'identity' }]);
    expect(await schemaOf(second.database)).toEqual([{ schema: 'jobs' }]);
    expect(second.neighbour).toBe(first.unitOfWork);
    expect(app.get(Gateway).database).toBeUndefined();

    await first.database.query('notes.sleepy', 'SELECT pg_sleep(0.1), $1::text', ['ada@example.org']);
    expect(lines.join('')).toMatch(/"service":"identity".*"statement":"notes.sleepy"/);
    expect(lines.join('')).not.toContain('ada@');
    expect((await metrics.expose()).text).toMatch(
      /db_statement_duration_seconds_count\{.*statement="notes.sleepy",outcome="ok"/,
    );
    health.markStarted();
    expect(await health.readiness()).toMatchObject({
      ready: true,
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'database:identity' }),
        expect.objectContaining({ name: 'database:jobs-ingestion' }),
      ]),
    });

    // Nest closes first; what drains until the phase of the database may still write.
    await app.close();
    expect(await schemaOf(first.database)).toEqual([{ schema: 'identity' }]);
    await shutdown.run('test', 2000);
    await expect(schemaOf(first.database)).rejects.toBeDefined();
  });
});
