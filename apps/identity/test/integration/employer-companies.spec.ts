import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  compileSchema,
  EmployerCompaniesChangedV1,
  getAccount,
  listAudit,
  listUsers,
  requestErasure,
  type Static,
  updateUserAccess,
  UserAccessChangedV1,
  UserErasedV1,
  verifyAudit,
} from '#contracts';
import { eventually } from '#testing';
import { ErasureSaga } from '../../src/erasure/erasure.saga.js';
import { OwnerService } from '../../src/index.js';
import { failureOf, type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';
import { OTHERS, OtherServices } from './other-services.js';

type Change = Omit<Static<typeof updateUserAccess.request>, 'user_id'>;
const NORTHWIND = { company: 'Northwind GmbH', domain: 'Northwind.example' };
const PARKWERK = { company: 'Parkwerk' };

describe('companies an employer may speak for', () => {
  let app: IdentityApp;
  let admin: SignedIn;
  beforeAll(async () => {
    app = await startIdentity();
    admin = await app.register({ roles: ['user', 'admin'] });
  }, 60_000);
  afterAll(() => app.stop());

  const put = ({ user }: SignedIn, change: Change, by = admin) =>
    app.ask(updateUserAccess, { user_id: user.id, ...change }, by.context);
  const employer = () => app.register({ roles: ['user', 'employer'] });
  const told = ({ user }: SignedIn) => app.told(EmployerCompaniesChangedV1, user.id);
  const history = async ({ context }: SignedIn) =>
    (await app.ask(listAudit, {}, context)).entries.filter(({ action }) => action.includes('employer'));
  const rows = (where: string, id: string) =>
    app.db.admin<{ company: string; granted_by: string | null }>(
      `SELECT company, granted_by FROM identity.employer_company WHERE ${where} = $1 ORDER BY company_key`,
      [id],
    );
  const erase = async (...people: SignedIn[]): Promise<void> => {
    const others = new OtherServices(app);
    const receipts = [];
    for (const { context } of people) receipts.push(await app.ask(requestErasure, { password: PASSWORD }, context));
    app.clock.advance(7 * 86_400_000);
    await app.get(ErasureSaga).tick();
    for (const [at, { id }] of receipts.entries())
      for (const service of OTHERS)
        await others.erased(service, { request_id: id, user_id: people[at]?.user.id ?? '' });
    for (const { user } of people)
      await eventually(async () => expect(await app.told(UserErasedV1, user.id)).toHaveLength(1), {
        timeoutMs: 20_000,
      });
  };

  it('are granted with the role in one change, and shown to admins and to himself', async () => {
    const erin = await app.register();
    const granted = await put(erin, { roles: ['user', 'employer'], employer_for: [PARKWERK, NORTHWIND] });
    const shown = [
      { company: 'Northwind GmbH', domain: 'northwind.example', granted_at: app.clock.now().toISOString() },
      { company: 'Parkwerk', domain: null, granted_at: app.clock.now().toISOString() },
    ];
    expect(granted).toMatchObject({ roles: ['user', 'employer'], employer_for: shown });
    expect(await app.ask(getAccount, {}, erin.context)).toMatchObject({ employer_for: shown });
    const { users } = await app.ask(listUsers, { q: erin.email }, admin.context);
    expect(users).toMatchObject([{ id: erin.user.id, employer_for: shown }]);
    expect(await app.ask(getAccount, {}, admin.context)).toMatchObject({ employer_for: [] });
  });

  it('are told as a whole with a version, by what postings are compared by, and stand in the history', async () => {
    const erin = await employer();
    await put(erin, { employer_for: [NORTHWIND] });
    await put(erin, { employer_for: [NORTHWIND, PARKWERK] });
    await put(erin, { employer_for: [] });
    const northwind = { company_key: 'northwind', domain: 'northwind.example' };
    const lists = [[northwind], [northwind, { company_key: 'parkwerk', domain: null }], []];
    const events = await told(erin);
    expect(events).toEqual(lists.map((companies, at) => ({ user_id: erin.user.id, version: at + 1, companies })));
    for (const event of events) expect(compileSchema(EmployerCompaniesChangedV1.data).problems(event, 'e')).toEqual([]);
    // Newest first.
    expect((await history(erin)).map(({ detail }) => detail)).toEqual(
      lists.toReversed().map((companies) => ({ employer_for: companies })),
    );
    const [row] = await app.db.admin(
      `SELECT actor_id FROM identity.audit_log WHERE chain = $1 AND action = 'account.employer-companies-changed'`,
      [erin.user.id],
    );
    expect(row).toEqual({ actor_id: admin.user.id });
    expect((await app.ask(verifyAudit, {}, admin.context)).findings).toEqual([]);
    // Nothing a token says has changed.
    expect(await app.told(UserAccessChangedV1, erin.user.id)).toEqual([]);
  });

  it('replace those before; what stays was granted when it was granted', async () => {
    const erin = await employer();
    const [first] = (await put(erin, { employer_for: [NORTHWIND] })).employer_for;
    app.clock.advance(60_000);
    const both = (await put(erin, { employer_for: [PARKWERK, NORTHWIND] })).employer_for;
    expect(both).toEqual([first, { company: 'Parkwerk', domain: null, granted_at: app.clock.now().toISOString() }]);
    app.clock.advance(60_000);
    const { employer_for: changed } = await put(erin, { employer_for: [{ company: 'Northwind GmbH' }] });
    expect(changed).toEqual([{ company: 'Northwind GmbH', domain: null, granted_at: app.clock.now().toISOString() }]);
  });

  it('tell nothing when nothing changes, and stay when only the account is blocked', async () => {
    const erin = await employer();
    await put(erin, { employer_for: [NORTHWIND, PARKWERK] });
    await put(erin, { employer_for: [PARKWERK, { company: ' Northwind GmbH ', domain: 'northwind.example' }] });
    await put(erin, { roles: ['employer', 'user'] });
    await put(erin, { blocked: true });
    expect((await put(erin, { blocked: false })).employer_for).toHaveLength(2);
    expect(await told(erin)).toHaveLength(1);
    expect(await history(erin)).toHaveLength(1);
  });

  it('are gone with the role, and do not come back with it', async () => {
    const erin = await employer();
    await put(erin, { employer_for: [NORTHWIND] });
    expect(await put(erin, { roles: ['user'] })).toMatchObject({ roles: ['user'], employer_for: [] });
    expect((await told(erin)).at(-1)).toEqual({ user_id: erin.user.id, version: 2, companies: [] });
    expect(await put(erin, { roles: ['user', 'employer'] })).toMatchObject({ employer_for: [] });
    expect(await told(erin)).toHaveLength(2);
  });

  it.each<[string, string, Change]>([
    ['without the role employer', 'employer_for', { roles: ['user'], employer_for: [NORTHWIND] }],
    ['with one company twice', 'employer_for.1.company', { employer_for: [NORTHWIND, { company: 'NORTHWIND, Inc.' }] }],
    [
      'with a domain that is none',
      'employer_for.0.domain',
      { employer_for: [{ company: 'A', domain: 'https://a.b' }] },
    ],
    ['with a blank name', 'employer_for.0.company', { employer_for: [{ company: ' \t' }] }],
    ['longer than 20', 'employer_for', { employer_for: Array.from({ length: 21 }, (_, n) => ({ company: `C${n}` })) }],
  ])('are refused %s: a 422 that names %s, and nothing is kept', async (_why, field, change) => {
    const erin = await employer();
    await put(erin, { employer_for: [PARKWERK] });
    expect(await failureOf(put(erin, change))).toMatchObject({ kind: 'invalid', details: [{ field }] });
    const now = await app.ask(getAccount, {}, erin.context);
    expect(now).toMatchObject({ roles: ['user', 'employer'], employer_for: [{ company: 'Parkwerk' }] });
    expect(await told(erin)).toHaveLength(1);
  });

  it('are for admins to grant: not for the employer, and not for the owner, who is none', async () => {
    const erin = await employer();
    expect(await failureOf(put(erin, { employer_for: [NORTHWIND] }, erin))).toMatchObject({ kind: 'forbidden' });
    const { email } = await app.get(OwnerService).createOwner();
    const { users } = await app.ask(listUsers, { q: email }, admin.context);
    const grant = app.ask(updateUserAccess, { user_id: users[0]?.id ?? '', employer_for: [NORTHWIND] }, admin.context);
    expect(await failureOf(grant)).toMatchObject({ kind: 'invalid', details: [{ field: 'employer_for' }] });
    expect(await told(erin)).toEqual([]);
  });

  it('get a version each when two admins grant at once, and the list is one of the two', async () => {
    const erin = await employer();
    await Promise.all([put(erin, { employer_for: [NORTHWIND] }), put(erin, { employer_for: [PARKWERK] })]);
    const events = await told(erin);
    expect(events.map(({ version }) => version).toSorted()).toEqual([1, 2]);
    const last = events.find(({ version }) => version === 2);
    const { employer_for: now } = await app.ask(getAccount, {}, erin.context);
    expect(last?.companies.map(({ company_key }) => company_key)).toEqual([
      now[0]?.company === 'Parkwerk' ? 'parkwerk' : 'northwind',
    ]);
    expect(now).toHaveLength(1);
  });

  it('are erased with the employer; of an erased admin only the grant stays', async () => {
    const leaver = await app.register({ roles: ['user', 'admin'] });
    const [erin, remy] = [await employer(), await employer()];
    await put(erin, { employer_for: [NORTHWIND] });
    await put(remy, { employer_for: [PARKWERK] }, leaver);
    await erase(erin, leaver);
    expect(await rows('user_id', erin.user.id)).toEqual([]);
    expect(await rows('granted_by', leaver.user.id)).toEqual([]);
    expect(await rows('user_id', remy.user.id)).toEqual([{ company: 'Parkwerk', granted_by: null }]);
  });
});
