import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, newId } from '#kernel';
import { createTestDatabase, eventually, type OpenedService, type TestDatabase } from '#testing';
import { afterCommit, DatabaseQueryError, isUniqueViolation, type Tx, type UnitOfWork } from '../src/index.js';
import { Note, notesOf } from './fixtures.js';

describe('a unit of work', () => {
  const schema = notesOf('identity');
  let db: TestDatabase;
  let service: OpenedService;
  let unitOfWork: UnitOfWork;

  beforeAll(async () => {
    db = await createTestDatabase([schema]);
    service = await db.open(schema);
    unitOfWork = service.unitOfWork;
  });
  afterAll(() => db.drop());

  const insert = (tx: Tx, title: string, id = newId()) =>
    tx.query('notes.insert', 'INSERT INTO notes (id, title) VALUES ($1, $2)', [id, title]);
  const titles = async () =>
    (await db.admin<{ title: string }>('SELECT title FROM identity.notes')).map((row) => row.title);

  it('commits hand-written SQL and repository writes together', async () => {
    const id = newId();
    await unitOfWork.run(async (tx) => {
      await insert(tx, 'by hand');
      await tx.repository(Note).insert({ id, title: 'by repository' });
    });
    expect(await titles()).toEqual(expect.arrayContaining(['by hand', 'by repository']));
  });

  it('leaves nothing behind when the work rejects', async () => {
    const failed = unitOfWork.run(async (tx) => {
      await insert(tx, 'never');
      await tx.repository(Note).save({ id: newId(), title: 'never either', hits: 1 });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await titles()).not.toContain('never');
    expect(await titles()).not.toContain('never either');
  });

  it('answers rows for UPDATE and DELETE', async () => {
    const id = newId();
    await unitOfWork.run(async (tx) => {
      await insert(tx, 'rows', id);
      const updated = await tx.query('notes.hit', 'UPDATE notes SET hits = 7 WHERE id = $1 RETURNING hits', [id]);
      expect(updated).toEqual([{ hits: 7 }]);
      expect(await tx.query('notes.touch', 'UPDATE notes SET hits = 8 WHERE id = $1', [id])).toEqual([]);
      expect(await tx.query('notes.delete', 'DELETE FROM notes WHERE id = $1 RETURNING title', [id])).toEqual([
        { title: 'rows' },
      ]);
    });
  });

  it('refuses a run inside a run and a Tx used after its end', async () => {
    const nested = unitOfWork.run(() => unitOfWork.run(async () => 1));
    await expect(nested).rejects.toThrow('inside a transaction');
    let leaked: Tx | undefined;
    await unitOfWork.run(async (tx) => {
      leaked = tx;
    });
    await expect(leaked?.query('late', 'SELECT 1')).rejects.toThrow('has ended');
    // Work started inside and running on after the end may open its own.
    let later: Promise<number> | undefined;
    await unitOfWork.run(async () => {
      later = new Promise((done, fail) => {
        setTimeout(() => {
          unitOfWork.run(async () => 2).then(done, fail);
        }, 50);
      });
    });
    await expect(later).resolves.toBe(2);
  });

  it('runs after-commit hooks once after a commit and never after a rollback', async () => {
    const seen: string[] = [];
    await unitOfWork.run(async (tx) => {
      afterCommit(tx, () => seen.push('committed'));
      afterCommit(tx, () => {
        throw new Error('a failing hook harms nobody');
      });
      await insert(tx, 'hooked');
      expect(seen).toEqual([]);
    });
    const failed = unitOfWork.run(async (tx) => {
      afterCommit(tx, () => seen.push('rolled back'));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(seen).toEqual(['committed']);
  });

  it('tries a deadlock victim again, and both succeed', async () => {
    const [a, b] = [newId(), newId()];
    await unitOfWork.run(async (tx) => {
      await insert(tx, 'deadlock a', a);
      await insert(tx, 'deadlock b', b);
    });
    let attempts = 0;
    let waiting = 0;
    let release: () => void = () => undefined;
    const bothHoldOne = new Promise<void>((done) => (release = done));
    const cross = (first: string, second: string) =>
      unitOfWork.run(async (tx) => {
        attempts += 1;
        await tx.query('notes.hit', 'UPDATE notes SET hits = hits + 1 WHERE id = $1', [first]);
        waiting += 1;
        if (waiting >= 2) release();
        await bothHoldOne;
        await tx.query('notes.hit', 'UPDATE notes SET hits = hits + 1 WHERE id = $1', [second]);
      });
    await Promise.all([cross(a, b), cross(b, a)]);
    expect(attempts).toBe(3);
    const rows = await db.admin('SELECT hits FROM identity.notes WHERE id = ANY ($1)', [[a, b]]);
    expect(rows).toEqual([{ hits: 2 }, { hits: 2 }]);
  });

  it('gives up after three conflicts and says the service is unavailable', async () => {
    let attempts = 0;
    const failed = unitOfWork.run(async (tx) => {
      attempts += 1;
      await tx.query('conflict', `DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
    });
    await expect(failed).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
    expect(attempts).toBe(3);
  });

  it('names the violated constraint and keeps the values out of every error', async () => {
    const secret = 'ada@example.org';
    await unitOfWork.run((tx) => insert(tx, secret));
    const again = await unitOfWork.run((tx) => insert(tx, secret)).catch((error: unknown) => error);
    expect(isUniqueViolation(again, 'notes_title_key')).toBe(true);
    expect(isUniqueViolation(again, 'another_key')).toBe(false);
    const byRepository = await service.database.dataSource
      .getRepository(Note)
      .insert({ id: newId(), title: secret })
      .catch((error: unknown) => error);
    expect(isUniqueViolation(byRepository)).toBe(true);
    const badValue = await service.database
      .query('notes.bad', 'SELECT * FROM notes WHERE id = $1', [secret])
      .catch((error: unknown) => error);
    for (const error of [again, byRepository, badValue]) {
      expect(error).toBeInstanceOf(DatabaseQueryError);
      const everything = JSON.stringify(error, Object.getOwnPropertyNames(error));
      expect(everything).not.toContain(secret);
      expect(everything).toMatch(/notes\./);
    }
  });

  it('answers the text PostgreSQL built, untouched', async () => {
    const sql = `SELECT '{"b":1,  "a":[2]}'`;
    expect(await service.database.queryText('text', sql)).toBe('{"b":1,  "a":[2]}');
    expect(await service.database.queryText('text', sql, [], { customPlan: true })).toBe('{"b":1,  "a":[2]}');
    await expect(service.database.queryText('none', 'SELECT title FROM notes WHERE hits = -1')).rejects.toThrow('none');
  });

  it('forces custom plans on the search pool only', async () => {
    const mode = 'SELECT current_setting($1) AS mode';
    const search = { customPlan: true };
    expect(await service.database.query('mode', mode, ['plan_cache_mode'])).toEqual([{ mode: 'auto' }]);
    expect(await service.database.query('mode', mode, ['plan_cache_mode'], search)).toEqual([
      { mode: 'force_custom_plan' },
    ]);
    expect(await service.database.query('mode', mode, ['search_path'], search)).toEqual([{ mode: 'identity,public' }]);
    expect(await service.database.query('mode', mode, ['statement_timeout'])).toEqual([{ mode: '5s' }]);
  });

  it('ends a statement that takes too long with a timeout, and the pool goes on', async () => {
    const hasty = await db.open(schema, { DATABASE_STATEMENT_TIMEOUT_MS: 100, DATABASE_POOL_SIZE: 1 });
    await expect(hasty.database.query('slow', 'SELECT pg_sleep(1)')).rejects.toMatchObject({ kind: 'timeout' });
    const inside = hasty.unitOfWork.run((tx) => tx.query('slow', 'SELECT pg_sleep(1)'));
    await expect(inside).rejects.toMatchObject({ kind: 'timeout' });
    expect(await hasty.unitOfWork.run((tx) => tx.query('quick', 'SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });

  it('reports a connection killed inside the transaction as unavailable and takes a new one next time', async () => {
    const killed = unitOfWork.run(async (tx) => {
      const [row] = await tx.query<{ pid: number }>('pid', 'SELECT pg_backend_pid() AS pid');
      await db.admin('SELECT pg_terminate_backend($1)', [row?.pid]);
      await eventually(async () => {
        expect(await db.admin('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [row?.pid])).toEqual([]);
      });
      await insert(tx, 'lost');
    });
    const error = await killed.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ kind: 'unavailable', retryable: true });
    await unitOfWork.run((tx) => insert(tx, 'after the loss'));
    expect(await titles()).not.toContain('lost');
  });
});
