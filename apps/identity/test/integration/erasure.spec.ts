import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createGoal,
  type ErasureReceipt,
  type ErasureRequest,
  getErasureCertificate,
  requestErasure,
  SERVICES,
  sendSignInCode,
  undoErasure,
  type UndoErasureRequest,
  updateProfile,
  UserAccessChangedV1,
  UserErasedV1,
  UserErasureRequestedV1,
  userDataOf,
  verifyAudit,
} from '#contracts';
import { newId } from '#kernel';
import { UserDataHousekeeping } from '#messaging';
import { UnitOfWork } from '#persistence';
import { eventually } from '#testing';
import { AuditLogRepository } from '../../src/audit/audit-log.repository.js';
import { AuditSealService } from '../../src/audit/audit-seal.service.js';
import { ErasureSaga } from '../../src/erasure/erasure.saga.js';
import { OwnerService } from '../../src/index.js';
import { failureOf, type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';
import { OTHERS, OtherServices, type Subject } from './other-services.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const refused = { kind: 'forbidden', code: 'REAUTHENTICATION_FAILED' };

/** What a test does again and again, on the app of its suite. */
function tools(app: () => IdentityApp) {
  let nextAddress = 0;
  const somewhere = () => {
    nextAddress += 1;
    return { clientAddress: `10.3.${nextAddress >> 8}.${nextAddress & 255}`, userAgent: 'test' };
  };
  const status = async (receipt: ErasureReceipt) => (await certificate(receipt)).status;
  const certificate = ({ id, certificate_secret: secret }: ErasureReceipt) =>
    app().ask(getErasureCertificate, { erasure_id: id, secret });
  return {
    status,
    certificate,
    tick: () => app().get(ErasureSaga).tick(),
    ask: (who: SignedIn, proof: ErasureRequest = { password: PASSWORD }) =>
      app().ask(requestErasure, proof, { ...who.context, ...somewhere() }),
    undo: (request: UndoErasureRequest) => app().ask(undoErasure, request, somewhere()),
    asked: (who: SignedIn) => app().told(UserErasureRequestedV1, who.user.id),
    subjectOf: (who: SignedIn, { id }: ErasureReceipt): Subject => ({ request_id: id, user_id: who.user.id }),
    /** With an address that is proven, so that letters leave. */
    verified: async (): Promise<SignedIn> => {
      const who = await app().register();
      await app().db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [who.user.id]);
      return who;
    },
    kinds: async ({ email }: SignedIn) => (await app().letters(email)).map(({ kind }) => kind),
    isThere: async ({ user }: SignedIn) =>
      (await app().db.admin('SELECT 1 AS one FROM identity.account WHERE id = $1', [user.id])).length > 0,
    completed: (receipt: ErasureReceipt) =>
      eventually(async () => expect(await status(receipt)).toBe('completed'), { timeoutMs: 20_000 }),
  };
}

describe('an erasure with a week to undo it', () => {
  let app: IdentityApp;
  let others: OtherServices;
  beforeAll(async () => {
    app = await startIdentity();
    others = new OtherServices(app);
  }, 60_000);
  afterAll(() => app.stop());
  const { ask, undo, tick, asked, status, certificate, subjectOf, verified, kinds, isThere, completed } = tools(
    () => app,
  );
  const erasures = ({ user }: SignedIn) =>
    app.db.admin('SELECT status FROM identity.erasure WHERE user_id = $1', [user.id]);

  /** Everything of the person in tables that sign-in and the erasure itself do not write. */
  async function belongings({ user }: SignedIn): Promise<unknown[]> {
    const tables = ['profile', 'goal', 'skill', 'achievement', 'api_key', 'public_profile'];
    const rows = await Promise.all(
      tables.map((table) =>
        app.db.admin(`SELECT to_jsonb(t) AS row FROM identity.${table} t WHERE user_id = $1 ORDER BY 1`, [user.id]),
      ),
    );
    const account = await app.db.admin(
      `SELECT to_jsonb(a) - 'access_changed_at' - 'last_login_at' - 'updated_at' AS row FROM identity.account a WHERE id = $1`,
      [user.id],
    );
    return [rows, account];
  }

  async function withBelongings(): Promise<SignedIn> {
    const who = await verified();
    await app.ask(updateProfile, { headline: 'Welder in Porto', skills: ['MIG', 'TIG'] }, who.context);
    await app.ask(createGoal, { title: 'Apply', target: 3, unit: 'applications', period: 'weekly' }, who.context);
    return who;
  }

  describe('that is undone in time', () => {
    it.each<[string, (who: SignedIn, receipt: ErasureReceipt) => UndoErasureRequest]>([
      ['with the token of the receipt', (_who, { undo_token }) => ({ undo_token })],
      ['with address and password', ({ email }) => ({ email, password: PASSWORD })],
    ])('%s, gives everything back and lets sign in again', async (_how, proof) => {
      const who = await withBelongings();
      const before = await belongings(who);
      const receipt = await ask(who);
      expect(receipt.status).toBe('scheduled');
      expect(Date.parse(receipt.due_at) - Date.parse(receipt.requested_at)).toBe(7 * DAY);
      expect(await failureOf(app.signIn(who.email, PASSWORD))).toMatchObject({ code: 'ERASURE_PENDING' });

      app.clock.advance(7 * DAY - MINUTE);
      await tick();
      expect(await undo(proof(who, receipt))).toEqual({ status: 'undone' });
      expect(await belongings(who)).toEqual(before);
      await expect(app.signIn(who.email, PASSWORD)).resolves.toBeDefined();
      const access = await app.told(UserAccessChangedV1, who.user.id);
      expect(access.map(({ blocked }) => blocked)).toEqual([true, false]);

      app.clock.advance(30 * DAY);
      await tick();
      expect(await status(receipt)).toBe('undone');
      expect(await asked(who)).toEqual([]);
      expect(await belongings(who)).toEqual(before);
    });

    it('is undone once; its token opens nothing afterwards, also not a second erasure', async () => {
      const who = await verified();
      const first = await ask(who);
      await undo({ undo_token: first.undo_token });
      expect(await failureOf(undo({ undo_token: first.undo_token }))).toMatchObject({ code: 'INVALID_TOKEN' });
      const second = await ask(who);
      expect(await failureOf(undo({ undo_token: first.undo_token }))).toMatchObject({ code: 'INVALID_TOKEN' });
      expect(await status(second)).toBe('scheduled');
      expect(second.id).not.toBe(first.id);
    });

    it('leaves an account shut that an admin had shut before', async () => {
      const who = await verified();
      await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [who.user.id]);
      const { undo_token } = await ask(who);
      await undo({ undo_token });
      expect(await failureOf(app.signIn(who.email, PASSWORD))).toMatchObject({ code: 'ACCOUNT_DISABLED' });
    });
  });

  it('cannot be undone when the week is over, whether or not it has begun', async () => {
    const who = await verified();
    const receipt = await ask(who);
    expect(await kinds(who)).toEqual(['erasure_requested']);
    app.clock.advance(7 * DAY);
    const tooLate = { kind: 'conflict', message: expect.stringContaining('cannot be brought back') };
    expect(await failureOf(undo({ undo_token: receipt.undo_token }))).toMatchObject(tooLate);
    await tick();
    expect(await status(receipt)).toBe('running');
    expect(await failureOf(undo({ undo_token: receipt.undo_token }))).toMatchObject(tooLate);
    expect(await failureOf(undo({ email: who.email, password: PASSWORD }))).toMatchObject(tooLate);
    expect(await asked(who)).toEqual([{ ...subjectOf(who, receipt), services: [...OTHERS] }]);
    expect(await status(receipt)).toBe('running');
  });

  describe('without proof of the person', () => {
    const unchanged = async (who: SignedIn): Promise<void> => {
      expect(await erasures(who)).toEqual([]);
      expect(await app.told(UserAccessChangedV1, who.user.id)).toEqual([]);
      await expect(app.signIn(who.email, PASSWORD)).resolves.toBeDefined();
    };
    const codeFor = async ({ email }: SignedIn): Promise<string> => {
      await app.ask(sendSignInCode, { email }, { clientAddress: '10.4.0.1', userAgent: 'test' });
      return (await app.letters(email)).filter(({ kind }) => kind === 'sign_in_code').at(-1)?.values['code'] ?? '';
    };

    it('is refused with a wrong password, and nothing changes', async () => {
      const who = await verified();
      expect(await failureOf(ask(who, { password: 'not the one at all' }))).toMatchObject(refused);
      await unchanged(who);
    });

    it('is refused with no proof or two, naming the field', async () => {
      const who = await verified();
      for (const proof of [{}, { password: PASSWORD, code: '123456' }]) {
        expect(await failureOf(ask(who, proof))).toMatchObject({ kind: 'invalid', details: [{ field: 'password' }] });
      }
      await unchanged(who);
    });

    it('is refused with a code that is old, of somebody else, or spent', async () => {
      const [who, somebody] = [await verified(), await verified()];
      const old = await codeFor(who);
      app.clock.advance(11 * MINUTE);
      expect(await failureOf(ask(who, { code: old }))).toMatchObject(refused);
      expect(await failureOf(ask(who, { code: await codeFor(somebody) }))).toMatchObject(refused);
      await unchanged(who);

      app.clock.advance(11 * MINUTE);
      const fresh = await codeFor(who);
      const { undo_token } = await ask(who, { code: fresh });
      await undo({ undo_token });
      expect(await failureOf(ask(who, { code: fresh }))).toMatchObject(refused);
      await expect(app.signIn(who.email, PASSWORD)).resolves.toBeDefined();
    });

    it('is not undone with a wrong token or password either', async () => {
      const who = await verified();
      const receipt = await ask(who);
      expect(await failureOf(undo({ undo_token: 'A'.repeat(43) }))).toMatchObject({ code: 'INVALID_TOKEN' });
      expect(await failureOf(undo({ undo_token: receipt.certificate_secret }))).toMatchObject({
        code: 'INVALID_TOKEN',
      });
      const wrong = await failureOf(undo({ email: who.email, password: 'not the one at all' }));
      expect(wrong).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      const nobody = await failureOf(undo({ email: `${newId()}@example.com`, password: PASSWORD }));
      expect(nobody).toMatchObject({ code: 'INVALID_CREDENTIALS' });
      expect(await failureOf(undo({}))).toMatchObject({ kind: 'invalid', details: [{ field: 'undo_token' }] });
      expect(await status(receipt)).toBe('scheduled');
    });
  });

  it('runs once, however often it is asked for at the same time', async () => {
    const who = await verified();
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => ask(who)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await erasures(who)).toEqual([{ status: 'scheduled' }]);
  });

  it('is not for the owner, without whom nobody could do anything any more', async () => {
    await app.get(OwnerService).createOwner({ email: 'owner@example.com', password: PASSWORD });
    const [{ id } = { id: '' }] = await app.db.admin<{ id: string }>('SELECT id FROM identity.account WHERE is_owner');
    const caller = { user_id: id, session_id: newId(), roles: ['user', 'admin'] as const, scopes: [] };
    const asking = app.ask(requestErasure, { password: PASSWORD }, { caller: { ...caller, roles: [...caller.roles] } });
    expect(await failureOf(asking)).toMatchObject({ kind: 'conflict', message: expect.stringContaining('owner') });
  });

  it('asks a service that is silent for a day again and again, ever more rarely, and ends when it is back', async () => {
    const who = await withBelongings();
    const receipt = await ask(who);
    app.clock.advance(7 * DAY);
    await tick();
    const subject = subjectOf(who, receipt);
    for (const service of OTHERS) if (service !== 'analytics') await others.erased(service, subject);
    await eventually(async () => {
      const { services } = await certificate(receipt);
      expect(services.filter(({ answered_at }) => answered_at !== null)).toHaveLength(4);
    });

    const askedAt: number[] = [];
    for (let minutes = 0, before = 1; minutes <= 24 * 60; minutes += 5) {
      await tick();
      const { length } = await asked(who);
      expect(length - before).toBeLessThanOrEqual(1);
      if (length > before) askedAt.push(minutes);
      before = length;
      app.clock.advance(5 * MINUTE);
    }
    const again = (await asked(who)).slice(1);
    expect(again.every(({ services }) => services.length === 1 && services[0] === 'analytics')).toBe(true);
    const gaps = askedAt.map((at, index) => at - (askedAt[index - 1] ?? 0)).slice(1);
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(6 * 60 + 5);
    expect(again.length).toBeGreaterThanOrEqual(8);
    expect(again.length).toBeLessThanOrEqual(14);
    expect(await status(receipt)).toBe('running');
    expect(await isThere(who)).toBe(true);

    await others.erased('analytics', subject, { tables: [{ table: 'bookmark', how: 'deleted', rows: 7 }], files: 2 });
    await completed(receipt);
    expect(await isThere(who)).toBe(false);
  });

  it('counts an answer once that comes twice, and no answer of a service that is asked again doubles anything', async () => {
    const who = await verified();
    const receipt = await ask(who);
    app.clock.advance(7 * DAY);
    await tick();
    const subject = subjectOf(who, receipt);
    const tables = [{ table: 'thing', how: 'deleted' as const, rows: 3 }];
    for (const service of OTHERS) {
      const { erased } = userDataOf(service);
      const id = await others.tell(erased, { ...subject, tables, files: 1 });
      await others.tell(erased, { ...subject, tables, files: 1 }, id);
      await others.erased(service, subject, { tables, files: 1 });
    }
    await completed(receipt);
    const { services } = await certificate(receipt);
    expect(services.map(({ service }) => service)).toEqual([...SERVICES]);
    for (const { service, tables: found, files } of services) {
      if (service !== 'identity') expect([service, found, files]).toEqual([service, tables, 1]);
    }
    expect(await app.told(UserErasedV1, who.user.id)).toEqual([subject]);
    expect((await kinds(who)).filter((kind) => kind === 'erasure_done')).toHaveLength(1);
  });

  it('is not moved by answers to what is unknown, not begun, undone or complete', async () => {
    const [begun, undone] = [await verified(), await verified()];
    const receipt = await ask(begun);
    const other = await ask(undone);
    await undo({ undo_token: other.undo_token });
    const early = await others.erased('analytics', subjectOf(begun, receipt));
    const strays = [
      await others.erased('analytics', { request_id: newId(), user_id: begun.user.id }),
      await others.erased('analytics', subjectOf(undone, other)),
    ];
    for (const id of [early, ...strays]) await eventually(() => others.handled(id));
    for (const one of [receipt, other]) {
      expect((await certificate(one)).services.every(({ answered_at }) => answered_at === null)).toBe(true);
    }
    expect(await status(other)).toBe('undone');

    app.clock.advance(7 * DAY);
    await tick();
    for (const service of OTHERS) await others.erased(service, subjectOf(begun, receipt));
    await completed(receipt);
    const done = await certificate(receipt);
    const late = await others.erased('jobs-ingestion', subjectOf(begun, receipt), { files: 99 });
    await eventually(() => others.handled(late));
    app.clock.advance(DAY);
    await tick();
    expect(await certificate(receipt)).toEqual(done);
    expect(await app.told(UserErasedV1, begun.user.id)).toHaveLength(1);
    expect(await isThere(undone)).toBe(true);
  });

  it('gives a certificate that names every service with its counts, to whoever has its secret and to nobody else', async () => {
    const [who, somebody] = [await withBelongings(), await verified()];
    const [receipt, foreign] = [await ask(who), await ask(somebody)];
    app.clock.advance(7 * DAY);
    await tick();
    for (const service of OTHERS) await others.erased(service, subjectOf(who, receipt), { files: 4 });
    await completed(receipt);

    const shown = await certificate(receipt);
    expect(shown).toMatchObject({ id: receipt.id, status: 'completed', due_at: receipt.due_at });
    expect(shown.services.map(({ service, answered_at }) => [service, answered_at !== null])).toEqual(
      SERVICES.map((service) => [service, true]),
    );
    const own = new Map(shown.services[0]?.tables.map(({ table, how, rows }) => [`${table} ${how}`, rows]));
    expect([own.get('account deleted'), own.get('profile deleted'), own.get('goal deleted')]).toEqual([1, 1, 1]);
    expect(own.get('skill deleted')).toBe(2);
    expect(own.get('erasure kept')).toBe(1);
    for (const word of [who.email, who.user.id, 'Lovelace']) expect(JSON.stringify(shown)).not.toContain(word);

    for (const secret of [foreign.certificate_secret, receipt.undo_token, 'A'.repeat(43), '', 'ä'.repeat(50)]) {
      const reading = app.ask(getErasureCertificate, { erasure_id: receipt.id, secret });
      expect(await failureOf(reading)).toMatchObject({ kind: 'not-found' });
    }
    const swapped = app.ask(getErasureCertificate, { erasure_id: foreign.id, secret: receipt.certificate_secret });
    expect(await failureOf(swapped)).toMatchObject({ kind: 'not-found' });
  });

  it('leaves an audit log that is whole, also with what came late', async () => {
    const admin = await app.register({ roles: ['user', 'admin'] });
    const findings = async () => (await app.ask(verifyAudit, {}, admin.context)).findings;
    const seal = () => app.get(AuditSealService).seal();
    const heads = async () => (await app.db.admin('SELECT 1 AS one FROM identity.audit_head')).length;
    const who = await verified();
    await seal();
    const before = await heads();
    const receipt = await ask(who);
    app.clock.advance(7 * DAY);
    await tick();
    for (const service of OTHERS) await others.erased(service, subjectOf(who, receipt));
    await completed(receipt);
    expect(await findings()).toEqual([]);
    await app
      .get(UnitOfWork)
      .run((tx) => app.get(AuditLogRepository).append(tx, { action: 'session.signed-in', userId: who.user.id }, {}));
    expect(await findings()).toEqual([]);
    await seal();
    // Nothing tells any more that there was a history.
    expect(await heads()).toBe(before - 1);
    expect(await findings()).toEqual([]);
    await app.get(UserDataHousekeeping).tidy();
    expect(await findings()).toEqual([]);
  });

  it('frees the address, and takes along what a request under way writes late', async () => {
    const who = await verified();
    const receipt = await ask(who);
    app.clock.advance(7 * DAY);
    await tick();
    for (const service of OTHERS) await others.erased(service, subjectOf(who, receipt));
    await completed(receipt);
    const unitOfWork = app.get(UnitOfWork);
    await unitOfWork.run((tx) =>
      app.get(AuditLogRepository).append(tx, { action: 'session.signed-in', userId: who.user.id }, {}),
    );
    const late = () => app.db.admin('SELECT 1 AS one FROM identity.audit_log WHERE user_id = $1', [who.user.id]);
    expect(await late()).toHaveLength(1);
    await app.get(UserDataHousekeeping).tidy();
    expect(await late()).toEqual([]);
    expect((await app.register({ email: who.email })).user.id).not.toBe(who.user.id);
  });
});

describe('an erasure without a window', () => {
  let app: IdentityApp;
  let others: OtherServices;
  beforeAll(async () => {
    app = await startIdentity({ ERASURE_UNDO_WINDOW: '0s', PUBLIC_API_URL: 'https://api.example/' });
    others = new OtherServices(app);
  }, 60_000);
  afterAll(() => app.stop());
  const { ask, undo, asked, subjectOf, verified, completed, isThere } = tools(() => app);

  it('begins at once, cannot be undone, and tells at the end where the certificate is', async () => {
    const who = await verified();
    const receipt = await ask(who);
    expect([receipt.status, receipt.due_at]).toEqual(['running', receipt.requested_at]);
    expect(await asked(who)).toHaveLength(1);
    expect(await failureOf(undo({ undo_token: receipt.undo_token }))).toMatchObject({ kind: 'conflict' });
    for (const service of OTHERS) await others.erased(service, subjectOf(who, receipt));
    await completed(receipt);
    expect(await isThere(who)).toBe(false);
    // There was nothing to undo, so no letter said how.
    const letters = await app.letters(who.email);
    expect(letters.map(({ kind, user_id }) => [kind, user_id])).toEqual([['erasure_done', null]]);
    expect(letters[0]?.values['link']).toBe(
      `https://api.example/api/v1/users/me/erasure-certificate/${receipt.id}?secret=${receipt.certificate_secret}`,
    );
  });

  it('writes to nobody where the address was never proven', async () => {
    const who = await app.register();
    const receipt = await ask(who);
    for (const service of OTHERS) await others.erased(service, subjectOf(who, receipt));
    await completed(receipt);
    expect(await app.letters(who.email)).toEqual([]);
  });
});
