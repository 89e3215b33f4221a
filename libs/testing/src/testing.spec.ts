import 'reflect-metadata';
import { afterAll, describe, expect, it } from '@jest/globals';
import { build, createTestDatabase, eventually, fakeClock, sharedServer, type TestDatabase } from './index.js';

describe('the test tools', () => {
  const databases: TestDatabase[] = [];
  afterAll(() => Promise.all(databases.map((db) => db.drop())));

  it('give a suite its own empty copy of a migrated database', async () => {
    databases.push(await createTestDatabase([{ service: 'identity', entities: [], migrations: [] }]));
    databases.push(await createTestDatabase([{ service: 'identity', entities: [], migrations: [] }]));
    expect(databases[0]?.name).not.toBe(databases[1]?.name);
  });

  it('start a shared server once, however many ask, and again after a failed start', async () => {
    const name = `fake-${process.pid}-${Date.now()}`;
    let starts = 0;
    await expect(sharedServer(name, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const start = async () => {
      starts += 1;
      return { url: 'fake://', pid: 2 ** 30, signal: 'SIGKILL' as const };
    };
    const servers = await Promise.all([
      sharedServer(name, start),
      sharedServer(name, start),
      sharedServer(name, start),
    ]);
    expect(starts).toBe(1);
    expect(new Set(servers.map(({ url }) => url)).size).toBe(1);
  });

  it('move a fake clock only when told, and durations not at all when the wall clock is set', () => {
    const clock = fakeClock('2026-03-02T09:00:00Z');
    clock.advance(1500);
    expect(clock.now().toISOString()).toBe('2026-03-02T09:00:01.500Z');
    clock.jumpTo(new Date('2025-01-01T00:00:00Z'));
    expect(clock.monotonicMs()).toBe(1500);
    expect(() => clock.advance(-1)).toThrow('jumpTo');
  });

  it('wait for an assertion, and fail with its own words and the time waited', async () => {
    let tries = 0;
    await eventually(() => expect((tries += 1)).toBe(3), { everyMs: 1 });
    expect(tries).toBe(3);
    await expect(eventually(() => Promise.reject(new Error('still red')), { timeoutMs: 30 })).rejects.toThrow(
      /not within 30 ms .* still red/,
    );
  });

  it('build objects whose defaults are fresh each time', () => {
    const aPosting = build(() => ({ title: 'Nurse', tags: [] as string[] }));
    aPosting().tags.push('shared?');
    expect(aPosting({ title: 'Cook' })).toEqual({ title: 'Cook', tags: [] });
  });
});
