import 'reflect-metadata';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { AppError } from '#kernel';
import { readSettings } from '#platform';
import { eventually, freePort } from '#testing';
import pg from 'pg';
import {
  databaseSettings,
  DataDirectoryInUse,
  type EmbeddedPostgres,
  migrate,
  PostgresDatabase,
  PostgresUnitOfWork,
  startEmbeddedPostgres,
  urlForRole,
} from '../src/index.js';
import { notesOf } from './fixtures.js';

const isRoot = process.getuid?.() === 0;

describe('the embedded PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'career copilot '));
  const servers: EmbeddedPostgres[] = [];
  const helpers: ChildProcess[] = [];

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop('immediate')));
    for (const helper of helpers.splice(0)) helper.kill('SIGKILL');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (options: Parameters<typeof startEmbeddedPostgres>[0]) => {
    const server = await startEmbeddedPostgres({ unsafe: true, ...options });
    servers.push(server);
    return server;
  };
  const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  /** Stands for the process that started the server. */
  const someProcess = (): { pid: number; kill: () => Promise<void> } => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    helpers.push(child);
    if (child.pid === undefined) throw new Error('sleep did not start');
    return {
      pid: child.pid,
      kill: async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
      },
    };
  };

  it('keeps data over stop, crash and kill -9, and starts again on the same port', async () => {
    const dataDir = join(folder, 'kept data');
    const server = await start({ dataDir, unsafe: false });
    await query(server.adminUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
    const port = server.port;
    await server.restart();
    await server.stop('immediate');
    await server.restart();
    await server.kill9();
    await expect(query(server.adminUrl, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    expect(server.port).toBe(port);
    expect(await query(server.adminUrl, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('has checksums, UTF-8, the extensions we need, and lets nobody in without the password', async () => {
    const dataDir = join(folder, 'settings');
    const server = await start({ dataDir });
    expect(
      await query(
        server.adminUrl,
        `SELECT current_setting('data_checksums') AS checksums, current_setting('server_encoding') AS encoding`,
      ),
    ).toEqual([{ checksums: 'on', encoding: 'UTF8' }]);
    const names = await query(
      server.adminUrl,
      `SELECT name FROM pg_available_extensions WHERE name IN ('pg_trgm', 'unaccent', 'citext', 'btree_gin')`,
    );
    expect(names).toHaveLength(4);
    const wrong = new URL(server.adminUrl);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(dataDir, 'superuser-password')).mode & 0o777).toBe(0o600);
  });

  it('writes neither statements nor values to its log', async () => {
    const dataDir = join(folder, 'silent');
    const server = await start({ dataDir });
    await query(server.adminUrl, 'CREATE TABLE people (email text PRIMARY KEY)');
    await query(server.adminUrl, `INSERT INTO people VALUES ('ada@example.org')`);
    await expect(query(server.adminUrl, `INSERT INTO people VALUES ('ada@example.org')`)).rejects.toThrow(
      'people_pkey',
    );
    // Here the very message quotes the value.
    await expect(query(server.adminUrl, `SELECT 'ada@example.org'::integer`)).rejects.toThrow('ada@example.org');
    const wrong = new URL(server.adminUrl);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8');
    // What the server has to say of itself is there, after all of that.
    expect(log).toContain('password authentication failed');
    expect(log).not.toContain('ada@example.org');
  });

  it('takes the wanted port when it is free and another when it is not', async () => {
    const wanted = await freePort();
    const first = await start({ dataDir: join(folder, 'port 1'), port: wanted });
    expect(first.port).toBe(wanted);
    const second = await start({ dataDir: join(folder, 'port 2'), port: wanted });
    expect(second.port).not.toBe(wanted);
  });

  it('makes a cluster anew that was half made, and never one that was complete', async () => {
    const dataDir = join(folder, 'half');
    mkdirSync(join(dataDir, 'cluster'), { recursive: true });
    writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '17\n');
    const server = await start({ dataDir });
    expect(await query(server.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  (isRoot ? it : it.skip)('runs unprivileged for root, also below a folder only root may enter', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o700);
    const server = await start({ dataDir: join(closed, 'data') });
    expect(statSync(`/proc/${server.pid}`).uid).not.toBe(0);
    await query(server.adminUrl, 'CREATE TABLE here AS SELECT 1 AS one');
    await server.restart();
    expect(await query(server.adminUrl, 'SELECT one FROM here')).toEqual([{ one: 1 }]);
  });

  it('stops when the process it belongs to is killed', async () => {
    const owner = someProcess();
    const dataDir = join(folder, 'owner dies');
    const server = await startEmbeddedPostgres({
      dataDir,
      unsafe: true,
      ownerPid: owner.pid,
      removeWhenOwnerGone: dataDir,
    });
    await owner.kill();
    await eventually(() => expect(existsSync(dataDir)).toBe(false), { timeoutMs: 10_000 });
    await expect(query(server.adminUrl, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('refuses a data directory another living process uses, and takes over an orphan', async () => {
    const owner = someProcess();
    const dataDir = join(folder, 'orphan');
    const orphan = await startEmbeddedPostgres({ dataDir, unsafe: true, ownerPid: owner.pid });
    await query(orphan.adminUrl, 'CREATE TABLE kept AS SELECT 1 AS one');
    await expect(start({ dataDir })).rejects.toThrow(DataDirectoryInUse);
    const orphanPid = orphan.pid;
    await owner.kill();
    const heir = await start({ dataDir });
    expect(heir.pid).not.toBe(orphanPid);
    expect(await query(heir.adminUrl, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(DataDirectoryInUse);
    // The orphan's watcher wakes up within a second and must leave the heir alone.
    await new Promise((done) => setTimeout(done, 1500));
    expect(await query(heir.adminUrl, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('starts over a postmaster.pid that names a process of somebody else', async () => {
    const dataDir = join(folder, 'stale');
    const server = await start({ dataDir });
    await server.stop();
    writeFileSync(join(dataDir, 'cluster', 'postmaster.pid'), `${process.pid}\n`);
    const again = await start({ dataDir });
    expect(await query(again.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is a hiccup when it restarts: unavailable at once while down, working again within 5 s, no leaked connection', async () => {
    const schema = notesOf('identity');
    const server = await start({ dataDir: join(folder, 'hiccup') });
    await migrate({ adminUrl: server.adminUrl, schemas: [schema], rolePasswords: { identity: 'pw' } });
    const settings = readSettings(databaseSettings, {
      DATABASE_URL: urlForRole(server.adminUrl, 'identity', 'pw'),
      DATABASE_POOL_SIZE: '3',
    });
    const database = await PostgresDatabase.open(schema, settings);
    const unitOfWork = new PostgresUnitOfWork(database.dataSource);
    const ask = () => database.query('ask', 'SELECT 1 AS one');
    try {
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([ask(), ask(), ask()]);
        if (round % 2 === 0) await server.stop('immediate');
        else await server.kill9();
        // After kill -9 a backend may answer once more before it notices that its postmaster is gone.
        await eventually(() => expect(ask()).rejects.toBeDefined());
        for (const attempt of [ask, ask, () => unitOfWork.run((tx) => tx.query('ask', 'SELECT 1'))]) {
          const asked = performance.now();
          const error = await attempt().catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(AppError);
          expect(error).toMatchObject({ kind: 'unavailable', retryable: true });
          expect(performance.now() - asked).toBeLessThan(1000);
        }
        await server.restart();
        const back = performance.now();
        await eventually(ask, { timeoutMs: 5000 });
        expect(performance.now() - back).toBeLessThan(5000);
        await unitOfWork.run((tx) => tx.query('ask', 'SELECT 1'));
      }
      const { totalCount, waitingCount } = database.dataSource.pool;
      expect([totalCount <= 3, waitingCount]).toEqual([true, 0]);
    } finally {
      await database.close();
    }
  }, 60_000);
});
