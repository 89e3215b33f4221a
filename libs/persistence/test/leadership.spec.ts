import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '#testing';
import { PgLeadership, type PgLeadershipOptions } from '../src/index.js';
import { notesOf } from './fixtures.js';

describe('leadership by advisory lock', () => {
  let db: TestDatabase;
  const open: PgLeadership[] = [];
  beforeAll(async () => {
    db = await createTestDatabase([notesOf('identity')]);
  });
  afterAll(async () => {
    await Promise.all(open.map((candidate) => candidate.close()));
    await db.drop();
  });

  const candidate = (name: string, changes: Partial<PgLeadershipOptions> = {}) => {
    const started = new PgLeadership({ url: db.urlOf('identity'), name, everyMs: 50, ...changes });
    started.start();
    open.push(started);
    return started;
  };
  const leaders = (candidates: readonly PgLeadership[]) => candidates.filter(({ isLeader }) => isLeader);

  it('elects one of three, and another when that one goes', async () => {
    const candidates = [candidate('three'), candidate('three'), candidate('three')];
    const [first] = await eventually(() => {
      expect(leaders(candidates)).toHaveLength(1);
      return leaders(candidates);
    });
    await first?.close();
    await eventually(() => expect(leaders(candidates)).toHaveLength(1));
    expect(leaders(candidates)[0]).not.toBe(first);
  });

  it('lets names be led independently', async () => {
    const [one, two] = [candidate('one'), candidate('two')];
    await eventually(() => expect([one.isLeader, two.isLeader]).toEqual([true, true]));
  });

  it('runs work only on the leader, and tells it when the lead is lost', async () => {
    const leader = candidate('work');
    await eventually(() => expect(leader.isLeader).toBe(true));
    const follower = candidate('work');
    expect(await follower.whileLeader(async () => 'ran')).toBeUndefined();
    let elections = 0;
    leader.onElected(() => (elections += 1));
    expect(elections).toBe(1);
    const outcome = leader.whileLeader(
      (lost) => new Promise<string>((done) => lost.addEventListener('abort', () => done('stopped'))),
    );
    await db.admin(
      `SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)
       WHERE a.application_name = 'career-copilot leader work' AND l.locktype = 'advisory' AND l.granted`,
    );
    expect(await outcome).toBe('stopped');
    await eventually(() => expect(leaders([leader, follower])).toHaveLength(1));
  });

  it('passes the lead on when the leader falls silent, as a frozen process does', async () => {
    const silent = candidate('silence', { everyMs: 60_000, maxSilenceMs: 300 });
    await eventually(() => expect(silent.isLeader).toBe(true));
    const next = candidate('silence');
    expect(next.isLeader).toBe(false);
    await eventually(() => expect([silent.isLeader, next.isLeader]).toEqual([false, true]));
  });
});
