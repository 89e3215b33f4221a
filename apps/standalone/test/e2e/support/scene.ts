import { expect } from '@jest/globals';
import { API_KEY_SCOPES } from '#contracts';
import { newId } from '#kernel';
import { type ApiDocument, CLOSED_PORT_URL, eventually, NOTHING_OUTSIDE } from '#testing';
import { ApiClient } from './api-client.js';
import { Belongings } from './belongings.js';
import { type Composed, startComposed } from './composed.js';
import { PASSWORD, type Person, signIn, somebody, theOwner } from './people.js';

/** A person and a program of his, which may do everything a key can be allowed. */
export interface Stranger extends Person {
  key: string;
}

/** Somebody who owns one of everything, and others who own none of it. */
export class Scene {
  private constructor(
    readonly platform: Composed,
    readonly api: ApiClient,
    readonly admin: string,
    /** Whose things they are. */
    readonly ada: Person,
    /** Has things of her own, and nothing to do with Ada. */
    readonly eve: Stranger,
    /** An employer; connected with Ada. */
    readonly firm: Person,
    /** Another employer. */
    readonly rival: Stranger,
    readonly jobId: string,
    readonly postingId: string,
    readonly belongings: Belongings,
    readonly ofEve: Belongings,
  ) {}

  static async set(document: ApiDocument): Promise<Scene> {
    const platform = await startComposed(NOTHING_OUTSIDE);
    const api = new ApiClient(platform.url, document);
    const admin = await theOwner(api);
    const [ada, eve] = [await somebody(api, 'Ada Lovelace'), await somebody(api, 'Eve Adams')];
    const [firm, rival] = [await somebody(api, 'Erin Employer'), await somebody(api, 'Remy Rival')];
    for (const employer of [firm, rival]) {
      await api.put(`/admin/users/${employer.id}`, { token: admin, body: { roles: ['user', 'employer'] } });
      employer.token = await signIn(api, employer.email, PASSWORD);
    }
    await platform.database.admin('UPDATE identity.account SET email_verified_at = now()');
    const [jobId, another] = await twoJobs(api, admin);
    const real = { user_id: firm.id, url: CLOSED_PORT_URL };
    const belongings = new Belongings(api, ada.token, { ...real, job_id: jobId });
    const ofEve = new Belongings(api, eve.token, { ...real, job_id: another });
    for (const one of [belongings, ofEve]) await one.collect(document.operations);
    const body = document.find('POST', '/api/v1/jobs')?.body?.example;
    const posting = await api.post('/jobs', { token: firm.token, body });
    const scene = new Scene(
      platform,
      api,
      admin,
      ada,
      { ...eve, key: await keyOf(api, eve.token, isForUsers) },
      firm,
      { ...rival, key: await keyOf(api, rival.token, (scope) => isForUsers(scope) || scope === 'write:postings') },
      jobId,
      String(posting.body.id),
      belongings,
      ofEve,
    );
    await scene.makeTheRest();
    return scene;
  }

  /** What no POST of its own makes. */
  private async makeTheRest(): Promise<void> {
    const { api, ada, firm, jobId, belongings } = this;
    const mine = { token: ada.token };
    const application = (belongings.pathOf('/api/v1/applications/{id}') ?? '').replace('/api/v1', '');
    await api.put(application, { ...mine, body: { status: 'interviewing' } });
    const notification = await eventually(async () => {
      const { body } = await api.get('/notifications', mine);
      expect(body.total).toBeGreaterThan(0);
      return body.notifications[0].id;
    });
    belongings.ids.set('/api/v1/notifications/{id}', notification);
    // Kept by her; the job itself is nobody's own.
    belongings.ids.set('/api/v1/jobs/{id}', jobId);
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
    await this.makeWaysIn();
    const letter = { job_id: jobId, tone: 'professional' };
    const headers = { prefer: 'respond-async' };
    const queued = await api.post('/ai/cover-letter/generate', { ...mine, body: letter, headers });
    expect(queued.status).toBe(202);
    belongings.ids.set('/api/v1/ai/generations/{id}', queued.body.id);
  }

  /** Those that take a provider or a device. */
  private async makeWaysIn(): Promise<void> {
    const { database } = this.platform;
    const identityId = newId();
    await database.admin(
      `INSERT INTO identity.external_identity (id, user_id, provider, issuer, subject, email, created_at, last_used_at)
       VALUES ($1, $2, 'google', 'https://accounts.google.com', 'ada', NULL, now(), now())`,
      [identityId, this.ada.id],
    );
    this.belongings.ids.set('/api/v1/auth/identities/{id}', identityId);
    const passkeyId = newId();
    await database.admin(
      `INSERT INTO identity.passkey (id, user_id, credential_id, public_key, sign_count, aaguid, transports, name,
         backup_eligible, backed_up, created_at)
       VALUES ($1, $2, 'credential', 'key', 0, $1, '{}', 'A phone', false, false, now())`,
      [passkeyId, this.ada.id],
    );
    this.belongings.ids.set('/api/v1/auth/passkeys/{id}', passkeyId);
  }
}

const isForUsers = (scope: string): boolean => !scope.startsWith('admin:') && scope !== 'write:postings';

async function keyOf(api: ApiClient, token: string, isWanted: (scope: string) => boolean): Promise<string> {
  const body = { name: 'A program', scopes: API_KEY_SCOPES.filter(isWanted) };
  const made = await api.post('/api-keys', { token, body });
  expect(made.status).toBe(201);
  return String(made.body.key);
}

async function twoJobs(api: ApiClient, admin: string): Promise<[string, string]> {
  await api.post('/jobs/scrape', { token: admin, body: { sources: ['sample-feed'] } });
  return eventually(
    async () => {
      const { jobs } = (await api.get('/jobs?per_page=2')).body;
      expect(jobs).toHaveLength(2);
      return [String(jobs[0].id), String(jobs[1].id)];
    },
    { timeoutMs: 60_000 },
  );
}
