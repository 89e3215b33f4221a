import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { ApiDocument, type ApiOperation, eventually, NO_SOURCES } from '#testing';
import { ApiClient } from './support/api-client.js';
import { Belongings } from './support/belongings.js';
import { type Composed, startComposed } from './support/composed.js';
import { type Person, signIn, somebody, PASSWORD, theOwner } from './support/people.js';

const document = ApiDocument.read();
const isPublic = ({ security }: ApiOperation): boolean => security.length === 0;
const isOptional = ({ security }: ApiOperation): boolean => security.some((way) => Object.keys(way).length === 0);
const closed = document.operations.filter((operation) => !isPublic(operation) && !isOptional(operation));
const nameOf = ({ method, path }: ApiOperation): string => `${method} ${path}`;

/** Things that are nobody's own: whoever may call the operation at all may see them. */
const COMMON = ['/api/v1/jobs/{id}'];
const ownedIn = closed.filter(
  ({ path, role }) =>
    path.includes('{') && role === undefined && !COMMON.some((start) => path === start || path.startsWith(`${start}/`)),
);
const NOBODYS = '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d21';

/** Every operation of the published document, asked by those who may not. */
describe('of all documented operations', () => {
  let platform: Composed;
  let api: ApiClient;
  let ada: Person;
  let eve: Person;
  let firm: Person;
  let belongings: Belongings;
  let jobId: string;
  const identityId = newId();

  beforeAll(async () => {
    platform = await startComposed(NO_SOURCES);
    api = new ApiClient(platform.url, document);
    const admin = await theOwner(api);
    [ada, eve] = [await somebody(api, 'Ada Lovelace'), await somebody(api, 'Eve Adams')];
    firm = await somebody(api, 'Erin Employer');
    await api.put(`/admin/users/${firm.id}`, { token: admin, body: { roles: ['user', 'employer'] } });
    firm.token = await signIn(api, firm.email, PASSWORD);
    await platform.database.admin('UPDATE identity.account SET email_verified_at = now()');
    jobId = await anyJob(api, admin);
    belongings = new Belongings(api, ada.token, { job_id: jobId, user_id: firm.id });
    await belongings.collect(document.operations);
    await makeTheRest();
  }, 180_000);
  afterAll(() => platform.stop(), 60_000);

  /** What no POST of its own makes. */
  async function makeTheRest(): Promise<void> {
    const mine = { token: ada.token };
    const application = (belongings.pathOf('/api/v1/applications/{id}') ?? '').replace('/api/v1', '');
    await api.put(application, { ...mine, body: { status: 'interviewing' } });
    const notification = await eventually(async () => {
      const { body } = await api.get('/notifications', mine);
      expect(body.total).toBeGreaterThan(0);
      return body.notifications[0].id;
    });
    belongings.ids.set('/api/v1/notifications/{id}', notification);
    const page = { slug: 'erin-employer', is_listed: true, visibility: {} };
    await api.put('/users/me/public-profile', { token: firm.token, body: page });
    const asked = await api.post('/social/connections', { ...mine, body: { receiver_id: firm.id } });
    const connection = `/social/connections/${asked.body.id}`;
    await api.put(connection, { token: firm.token, body: { status: 'accepted' } });
    belongings.ids.set('/api/v1/social/connections/{id}', asked.body.id);
    const words = { receiver_id: ada.id, content: 'Shall we talk?' };
    const message = await api.post('/social/messages', { token: firm.token, body: words });
    belongings.ids.set('/api/v1/social/messages/{id}', message.body.id);
    const zip = await api.post('/users/me/export', mine);
    belongings.ids.set('/api/v1/users/me/export/{id}', zip.body.id);
    await platform.database.admin(
      `INSERT INTO identity.external_identity (id, user_id, provider, issuer, subject, email, created_at, last_used_at)
       VALUES ($1, $2, 'google', 'https://accounts.google.com', 'ada', NULL, now(), now())`,
      [identityId, ada.id],
    );
    belongings.ids.set('/api/v1/auth/identities/{id}', identityId);
    const letter = { job_id: jobId, tone: 'professional' };
    const headers = { prefer: 'respond-async' };
    const queued = await api.post('/ai/cover-letter/generate', { ...mine, body: letter, headers });
    expect(queued.status).toBe(202);
    belongings.ids.set('/api/v1/ai/generations/{id}', queued.body.id);
  }

  /** With ids of Ada's where there are, with anything else where not: who may not call learns nothing of either. */
  const ask = async (operation: ApiOperation, path: string, authorization?: string): Promise<[number, string]> => {
    const response = await fetch(`${platform.url}${path}`, {
      method: operation.method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(operation.body === undefined ? {} : { 'content-type': operation.body.mediaType }),
      },
      body: operation.body === undefined ? undefined : JSON.stringify(belongings.bodyOf(operation)),
    });
    const answer: { error?: { code: string } } = response.status === 204 ? {} : JSON.parse(await response.text());
    return [response.status, answer.error?.code ?? ''];
  };
  const pathsOf = ({ path, aliases }: ApiOperation): string[] =>
    [path, ...aliases].map((each) => belongings.pathOf(each) ?? each.replaceAll(/\{[^}]+\}/g, NOBODYS));

  it('there are enough of each kind for the walk to mean something', () => {
    expect(closed.length).toBeGreaterThan(60);
    expect(closed.filter(({ role }) => role === 'admin').length).toBeGreaterThan(5);
    expect(ownedIn.length).toBeGreaterThan(20);
  });

  it.each(closed.map((operation) => [nameOf(operation), operation] as const))(
    '%s takes nobody without a token, or with one that is none',
    async (_name, operation) => {
      for (const path of pathsOf(operation)) {
        expect([path, await ask(operation, path)]).toEqual([path, [401, 'UNAUTHENTICATED']]);
        for (const wrong of ['Bearer eyJhbGciOiJub25lIn0.e30.', 'Bearer cck_unknown', 'Basic YTpi']) {
          expect([path, wrong, (await ask(operation, path, wrong))[0]]).toEqual([path, wrong, 401]);
        }
      }
    },
  );

  it.each(closed.filter(({ role }) => role === 'admin').map((operation) => [nameOf(operation), operation] as const))(
    '%s takes no user and no employer',
    async (_name, operation) => {
      for (const path of pathsOf(operation)) {
        for (const token of [ada.token, firm.token]) {
          expect([path, await ask(operation, path, `Bearer ${token}`)]).toEqual([path, [403, 'FORBIDDEN']]);
        }
      }
    },
  );

  it.each(ownedIn.map((operation) => [nameOf(operation), operation] as const))(
    '%s does not tell a stranger that it is there',
    async (name, operation) => {
      const path = belongings.pathOf(operation.path);
      expect([name, path]).toEqual([name, expect.any(String)]);
      const stranger = await ask(operation, path ?? '', `Bearer ${eve.token}`);
      expect([path, stranger]).toEqual([path, [404, 'NOT_FOUND']]);
    },
  );

  it.each(ownedIn.filter(({ method }) => method === 'GET').map((operation) => [nameOf(operation), operation] as const))(
    '%s shows it to its owner, also after a stranger tried',
    async (_name, operation) => {
      const path = belongings.pathOf(operation.path) ?? '';
      expect([path, (await ask(operation, path, `Bearer ${ada.token}`))[0]]).toEqual([path, 200]);
    },
  );
});

async function anyJob(api: ApiClient, admin: string): Promise<string> {
  await api.post('/jobs/scrape', { token: admin, body: { sources: ['sample-feed'] } });
  for (;;) {
    const { body } = await api.get('/jobs?per_page=1');
    if (body.jobs.length > 0) return body.jobs[0].id;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
