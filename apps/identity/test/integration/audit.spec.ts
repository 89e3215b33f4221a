import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditFinding, listAudit, verifyAudit } from '#contracts';
import { newId } from '#kernel';
import { AuditSchedule } from '../../src/audit/audit.schedule.js';
import { AuditSealService } from '../../src/audit/audit-seal.service.js';
import { identitySchema } from '../../src/index.js';
import { failureOf, type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';

const DAY = 86_400_000;

/** As somebody who may do everything in the database, and has no key. */
async function tamper(app: IdentityApp, sql: string, parameters: unknown[] = []): Promise<void> {
  await app.db.admin('ALTER TABLE identity.audit_log DISABLE TRIGGER USER');
  await app.db.admin(sql, parameters);
  await app.db.admin('ALTER TABLE identity.audit_log ENABLE TRIGGER USER');
}

/** Everything that is found, page by page, as the command line asks. */
async function verify(app: IdentityApp): Promise<{ findings: AuditFinding[]; checked: number; number?: number }> {
  const context = { caller: { user_id: newId(), roles: ['admin' as const], scopes: [] } };
  const findings: AuditFinding[] = [];
  let checked = 0;
  for (let after: string | undefined; ;) {
    const answer = await app.ask(verifyAudit, { after }, context);
    findings.push(...answer.findings);
    checked += answer.checked;
    if (answer.next === null) return { findings, checked, number: answer.seal?.number };
    after = answer.next;
  }
}

describe('the audit log', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  afterAll(() => app.stop());
  const seal = () => app.get(AuditSealService).seal();
  /** Three rows: registered, signed in, refused. */
  const somebody = async (): Promise<SignedIn & { ids: string[] }> => {
    const who = await app.register();
    await failureOf(app.signIn(who.email, 'a wrong password'));
    const { entries } = await app.ask(listAudit, {}, who.context);
    return { ...who, ids: entries.map(({ id }) => id).reverse() };
  };

  it('may be written and read by the service, and nothing else', async () => {
    const granted = await app.db.admin(
      `SELECT privilege_type AS right FROM information_schema.role_table_grants
       WHERE grantee = 'cc_identity' AND table_schema = 'identity' AND table_name = 'audit_log' ORDER BY 1`,
    );
    expect(granted).toEqual([{ right: 'INSERT' }, { right: 'SELECT' }]);
    const { user } = await app.register();
    const { database } = await app.db.open(identitySchema);
    for (const sql of [
      `UPDATE audit_log SET address = 'x' WHERE user_id = '${user.id}'`,
      `DELETE FROM audit_log WHERE user_id = '${user.id}'`,
      'TRUNCATE audit_log',
      'ALTER TABLE audit_log DISABLE TRIGGER USER',
      `SELECT erase_audit_chain('${user.id}')`,
      // Retention has no say about the last month.
      `SELECT cut_audit_log(ARRAY['${user.id}']::uuid[], ARRAY[9])`,
    ]) {
      await expect(database.query('tamper', sql)).rejects.toMatchObject({ sqlState: '42501' });
    }
    // Whatever a session says about itself: only the owner of the table is let through.
    await expect(
      database.query(
        'tamper',
        `SELECT set_config('audit_log.cut', 'on', false), set_config('audit_log.erased_chain', '${user.id}', false)`,
      ),
    ).resolves.toBeDefined();
    await expect(database.query('tamper', `DELETE FROM audit_log WHERE user_id = '${user.id}'`)).rejects.toMatchObject({
      sqlState: '42501',
    });
  });

  it('is verified by admins only', async () => {
    const { context } = await app.register();
    expect(await failureOf(app.ask(verifyAudit, {}, context))).toMatchObject({ kind: 'forbidden' });
    expect(await failureOf(app.ask(verifyAudit, {}))).toMatchObject({ kind: 'unauthenticated' });
  });

  it('is not verified from a place that is none', async () => {
    const admin = await app.register({ roles: ['user', 'admin'] });
    const after = `${'-'.repeat(36)}:1`;
    await expect(app.ask(verifyAudit, { after }, admin.context)).rejects.toMatchObject({
      kind: 'invalid',
      details: [expect.objectContaining({ field: 'after' })],
    });
  });

  it('is whole as the service writes it, sealed or not, and the number of its seal grows', async () => {
    await somebody();
    const before = await verify(app);
    expect(before.findings).toEqual([]);
    await seal();
    const after = await verify(app);
    expect(after.findings).toEqual([]);
    expect(after.checked).toBeGreaterThanOrEqual(3);
    expect(after.number ?? 0).toBeGreaterThan(before.number ?? 0);
  });

  it('is whole while many come at once, known and unknown, and several replicas seal', async () => {
    const coming = Promise.all(Array.from({ length: 12 }, () => app.register()));
    const guessing = Promise.allSettled(
      Array.from({ length: 24 }, (_, index) => app.signIn(`${newId()}@example.com`, 'a guess', `10.9.0.${index}`)),
    );
    for (let round = 0; round < 4; round += 1) {
      const sealing = Promise.all(Array.from({ length: 3 }, seal));
      expect((await verify(app)).findings).toEqual([]);
      await sealing;
    }
    await Promise.all([coming, guessing]);
    await seal();
    expect((await verify(app)).findings).toEqual([]);
  });

  describe('tells by name', () => {
    const problems = async () => (await verify(app)).findings;
    const ofSeal = { problem: 'seal', user_id: null, entry_id: null, sequence: null, through: null };

    it.each([
      ['before it was sealed', false],
      ['after it was sealed', true],
    ])('one row that was changed %s', async (_when, isSealed) => {
      const { user, ids } = await somebody();
      if (isSealed) await seal();
      await tamper(app, `UPDATE identity.audit_log SET address = 'x' WHERE id = $1`, [ids[1]]);
      expect(await problems()).toContainEqual(
        expect.objectContaining({ problem: 'changed', user_id: user.id, entry_id: ids[1], sequence: 2 }),
      );
      await tamper(app, 'UPDATE identity.audit_log SET address = $2 WHERE id = $1', [ids[1], '203.0.113.7']);
      expect(await problems()).toEqual([]);
    });

    it.each([
      ['the first', 1],
      ['one between others', 2],
      ['the last, which was sealed', 3],
    ])('one row that was removed: %s', async (_which, sequence) => {
      const { user } = await somebody();
      await seal();
      await tamper(
        app,
        `CREATE TABLE public.kept AS SELECT * FROM identity.audit_log WHERE chain = '${user.id}' AND sequence = ${sequence}`,
      );
      await tamper(app, 'DELETE FROM identity.audit_log WHERE chain = $1 AND sequence = $2', [user.id, sequence]);
      expect(await problems()).toEqual([
        { problem: 'missing', user_id: user.id, entry_id: null, sequence, through: sequence },
      ]);
      await tamper(app, 'INSERT INTO identity.audit_log SELECT * FROM public.kept');
      await tamper(app, 'DROP TABLE public.kept');
      expect(await problems()).toEqual([]);
    });

    it('one row that was added, and never seals it', async () => {
      const { user } = await somebody();
      await seal();
      const id = newId();
      // Hashed as well as anybody can who does not have the key.
      await tamper(
        app,
        `INSERT INTO identity.audit_log
           (chain, sequence, id, user_id, actor_id, action, detail, occurred_at, hash, version)
         SELECT chain, 4, $2, chain, chain, 'session.signed-in', '{}', now(), sha256(hash || sha256('guess')), 2
         FROM identity.audit_log WHERE chain = $1 AND sequence = 3`,
        [user.id, id],
      );
      const added = { problem: 'added', user_id: user.id, entry_id: id, sequence: 4, through: 4 };
      expect(await problems()).toEqual([added]);
      await seal();
      expect(await problems()).toEqual([added]);
      await tamper(app, 'DELETE FROM identity.audit_log WHERE id = $1', [id]);
      expect(await problems()).toEqual([]);
    });

    it('a history that was removed as a whole, also with all that is known of it', async () => {
      const { user } = await somebody();
      await app.db.admin('CREATE TABLE public.known AS SELECT * FROM identity.audit_head');
      await seal();
      await app.db.admin('CREATE TABLE public.heads AS SELECT * FROM identity.audit_head');
      await tamper(app, `CREATE TABLE public.kept AS SELECT * FROM identity.audit_log WHERE chain = '${user.id}'`);
      await tamper(app, 'DELETE FROM identity.audit_log WHERE chain = $1', [user.id]);
      expect(await problems()).toEqual([
        { problem: 'missing', user_id: null, entry_id: null, sequence: 1, through: 3 },
      ]);
      await app.db.admin('DELETE FROM identity.audit_head WHERE tag NOT IN (SELECT tag FROM public.known)');
      expect(await problems()).toEqual([ofSeal]);
      await app.db.admin('DELETE FROM identity.audit_head');
      await app.db.admin('INSERT INTO identity.audit_head SELECT * FROM public.heads');
      await tamper(app, 'INSERT INTO identity.audit_log SELECT * FROM public.kept');
      await app.db.admin('DROP TABLE public.kept, public.known, public.heads');
      expect(await problems()).toEqual([]);
    });

    it('rows that were cut off with the head set back to its earlier, honest state', async () => {
      const { user, email, password } = await somebody();
      await seal();
      await app.db.admin('CREATE TABLE public.heads AS SELECT * FROM identity.audit_head');
      await app.signIn(email, password);
      await seal();
      expect(await problems()).toEqual([]);
      await app.db.admin('CREATE TABLE public.later AS SELECT * FROM identity.audit_head');
      await tamper(
        app,
        `CREATE TABLE public.kept AS SELECT * FROM identity.audit_log WHERE chain = '${user.id}' AND sequence = 4`,
      );
      await tamper(app, 'DELETE FROM identity.audit_log WHERE chain = $1 AND sequence = 4', [user.id]);
      await app.db.admin('DELETE FROM identity.audit_head');
      await app.db.admin('INSERT INTO identity.audit_head SELECT * FROM public.heads');
      expect(await problems()).toEqual([ofSeal]);
      await app.db.admin('DELETE FROM identity.audit_head');
      await app.db.admin('INSERT INTO identity.audit_head SELECT * FROM public.later');
      await tamper(app, 'INSERT INTO identity.audit_log SELECT * FROM public.kept');
      await app.db.admin('DROP TABLE public.kept, public.heads, public.later');
      expect(await problems()).toEqual([]);
    });
  });
});

describe('an audit log that grows old', () => {
  let app: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity();
  }, 60_000);
  afterAll(() => app.stop());
  const rowsOf = async (userId: string) =>
    (
      await app.db.admin<{ sequence: number }>(
        'SELECT sequence::int FROM identity.audit_log WHERE chain = $1 ORDER BY sequence',
        [userId],
      )
    ).map(({ sequence }) => sequence);

  it('is cut at a sealed place, goes on from there, and is whole', async () => {
    const today = app.clock.now();
    app.clock.jumpTo(new Date(today.getTime() - 400 * DAY));
    const stays = await app.register();
    const leaves = await app.register();
    app.clock.jumpTo(today);
    await app.signIn(stays.email, stays.password);
    expect(await app.get(AuditSchedule).cutOld()).toBe(4);
    expect([await rowsOf(stays.user.id), await rowsOf(leaves.user.id)]).toEqual([[3], []]);
    expect((await verify(app)).findings).toEqual([]);

    await app.signIn(leaves.email, leaves.password);
    await app.get(AuditSealService).seal();
    expect(await rowsOf(leaves.user.id)).toEqual([3]);
    expect((await verify(app)).findings).toEqual([]);
    expect(await app.get(AuditSchedule).cutOld()).toBe(0);

    await tamper(app, 'DELETE FROM identity.audit_log WHERE chain = $1', [leaves.user.id]);
    expect((await verify(app)).findings).toEqual([
      { problem: 'missing', user_id: null, entry_id: null, sequence: 3, through: 3 },
    ]);
  });

  it('is not cut in the last month, whatever is asked', async () => {
    const { user } = await app.register();
    const tomorrow = new Date(app.clock.now().getTime() + DAY);
    await expect(app.get(AuditSealService).cut(tomorrow)).rejects.toMatchObject({ sqlState: '42501' });
    expect(await rowsOf(user.id)).toEqual([1, 2]);
  });

  it('is not healed by sealing it again: what is missing stays missing', async () => {
    const { user, email, password } = await app.register();
    await app.get(AuditSealService).seal();
    await tamper(app, 'DELETE FROM identity.audit_log WHERE chain = $1 AND sequence = 2', [user.id]);
    await app.signIn(email, password);
    await app.signIn(email, password);
    await app.get(AuditSealService).seal();
    expect((await verify(app)).findings).toContainEqual(
      expect.objectContaining({ problem: 'changed', user_id: user.id, sequence: 2 }),
    );
    // A seal somebody wrote himself is not built upon.
    await app.db.admin('UPDATE identity.audit_seal SET heads = heads - 1');
    await expect(app.get(AuditSealService).seal()).rejects.toThrow('not ours');
  });
});
