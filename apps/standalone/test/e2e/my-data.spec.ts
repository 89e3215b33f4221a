import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICES } from '#contracts';
import { newId } from '#kernel';
import sharp from 'sharp';
import { ApiDocument, type ApiOperation, eventually, NO_SOURCES } from '#testing';
import { ApiClient, type ApiAnswer } from './support/api-client.js';
import { Canaries } from './support/canaries.js';
import { type Composed, startComposed } from './support/composed.js';
import { dump, filesBelow, tablesWith, unzip } from './support/leftovers.js';
import { PASSWORD, type Person, PROFILE, signIn, somebody, theOwner } from './support/people.js';

/** Where nothing of hers stays: what only admins may do, and sign-in itself (secrets and addresses). */
const NOT_PLANTED = /^\/api\/v1\/(auth\/(?!me$)|admin\/|jobs\/(scrape|sources)|users\/me\/(password|undo-erasure))/;

describe('my data', () => {
  const document = ApiDocument.read();
  let dataDir: string;
  let platform: Composed;
  let api: ApiClient;
  let ada: Person;
  let eve: Person;
  let bob: Person;
  let canaries: Canaries;
  const told = new Map<string, number>();

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'career-my-data-'));
    platform = await startComposed({ ...NO_SOURCES, DATA_DIR: dataDir, ERASURE_UNDO_WINDOW: '0s' });
    api = new ApiClient(platform.url, document);
    await api.post('/jobs/scrape', { token: await theOwner(api), body: { sources: ['sample-feed'] } });
    await eventually(async () => expect((await api.get('/jobs?per_page=1')).body.total).toBeGreaterThan(0), {
      timeoutMs: 60_000,
    });
    [eve, bob] = [await somebody(api, 'Eve Adams'), await somebody(api, 'Bob Stone')];
    await verify(eve.id, bob.id);
    for (const [slug, { token }] of Object.entries({ 'eve-adams': eve, 'bob-stone': bob })) {
      await api.put('/users/me/public-profile', { token, body: { slug, is_listed: true } });
    }
    eve = { ...eve, token: await signIn(api, eve.email, PASSWORD) };
    await api.put('/users/me', { token: eve.token, body: PROFILE });
    await api.post('/goals', { token: eve.token, body: goalOfEve });
    ada = await register();
  }, 120_000);
  afterAll(async () => {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 60_000);

  const goalOfEve = { title: 'Apply every week', target: 3, unit: 'applications', period: 'weekly' };

  const verify = (...ids: string[]) =>
    platform.database.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = ANY ($1)', [ids]);

  /** Her very name, address, browser and keys carry the mark. */
  async function register(): Promise<Person> {
    const [job] = (await api.get('/jobs?per_page=1')).body.jobs;
    canaries = new Canaries({
      job_id: job.id,
      receiver_id: eve.id,
      'requestConnection.receiver_id': bob.id,
    });
    const email = `${canaries.text('register.email')}@example.com`;
    const headers = { 'idempotency-key': `${canaries.mark}-key`, 'user-agent': canaries.text('header.user-agent') };
    const body = { email, password: PASSWORD, full_name: canaries.text('register.full_name') };
    const { id } = (await api.post('/auth/register', { headers, body })).body;
    await verify(String(id));
    const session = await api.post('/auth/login', { headers, body: { email, password: PASSWORD } });
    expect(session.status).toBe(200);
    return { id: String(id), email, token: String(session.body.access_token) };
  }

  /** Ids for the placeholders of a path: of things of her own, made for it, or of the job. */
  async function pathOf({ path, method }: ApiOperation): Promise<string> {
    const base = path.replace('/api/v1', '').split('/{')[0] ?? '';
    if (!path.includes('{')) return base;
    const rest = path.slice(path.indexOf('}') + 1);
    if (base === '/jobs') return `/jobs/${String(canaries.known.job_id)}${rest}`;
    const creator = base === '/ai/cover-letters' ? '/ai/cover-letter/generate' : base;
    const create = document.find('POST', `/api/v1${creator}`);
    if (create === undefined) throw new Error(`nothing makes what ${method} ${path} changes`);
    const created = await plant(create, creator);
    return `${base}/${String(created.body.id)}${rest}`;
  }

  async function plant(operation: ApiOperation, path: string): Promise<ApiAnswer> {
    const { operationId, method } = operation;
    const body = operation.body && canaries.fill(operation.body.schema, operationId, operation.body.example);
    // One application per job: whoever makes another takes another job.
    if (path === '/applications' && typeof body === 'object' && body !== null)
      Object.assign(body, { job_id: await nextJob() });
    const headers = { 'idempotency-key': newId() };
    const answer = await api.send(method, path, { token: ada.token, body, headers });
    told.set(operationId, answer.status);
    if (answer.status >= 300)
      throw new Error(`${operationId} ${answer.status} ${answer.text}\n${JSON.stringify(body)}`);
    return answer;
  }

  /** Whether there is a field in it that could carry one at all. */
  function hasText({ operationId, body }: ApiOperation): boolean {
    const trial = new Canaries(canaries.known);
    trial.fill(body?.schema ?? {}, operationId, body?.example);
    return trial.planted.size > 0;
  }

  /** What others write to her is hers to see, too. */
  async function meetEve(): Promise<void> {
    const asked = await api.post('/social/connections', { token: ada.token, body: { receiver_id: eve.id } });
    await api.put(`/social/connections/${String(asked.body.id)}`, { token: eve.token, body: { status: 'accepted' } });
    const body = { receiver_id: ada.id, content: canaries.text('sendMessage.content of Eve') };
    expect((await api.post('/social/messages', { token: eve.token, body })).status).toBe(201);
  }

  async function wearPicture(): Promise<void> {
    const create = { width: 64, height: 64, channels: 3, background: { r: 200, g: 10, b: 10 } } as const;
    const body = new Uint8Array(await sharp({ create }).png().toBuffer());
    const headers = { authorization: `Bearer ${ada.token}`, 'content-type': 'image/png' };
    expect((await fetch(`${platform.url}/api/v1/users/avatar`, { method: 'POST', headers, body })).status).toBe(201);
  }

  let jobsUsed = 1;
  async function nextJob(): Promise<string> {
    jobsUsed += 1;
    const { jobs } = (await api.get(`/jobs?per_page=1&page=${jobsUsed}`)).body;
    return String(jobs[0].id);
  }

  const inStores = async (text: string) => tablesWith(await dump(platform.database), text);

  it('is planted in every field a person may fill', async () => {
    const writes = document.operations.filter(
      ({ method, path, body }) =>
        ['POST', 'PUT', 'PATCH'].includes(method) && body?.mediaType === 'application/json' && !NOT_PLANTED.test(path),
    );
    // The profile first: it replaces lists others add to.
    writes.sort((a, b) => Number(b.operationId === 'updateProfile') - Number(a.operationId === 'updateProfile'));
    await meetEve();
    for (const operation of writes) {
      if (hasText(operation)) await plant(operation, await pathOf(operation));
    }
    await wearPicture();
    expect(writes.length).toBeGreaterThan(10);
    expect(canaries.planted.size).toBeGreaterThan(40);
  }, 60_000);

  it('is on no stream: events and commands carry ids and facts', async () => {
    await eventually(async () => {
      const [row] = await platform.database.admin(
        'SELECT count(*)::int AS unsent FROM identity.outbox WHERE published_at IS NULL',
      );
      expect(row?.unsent).toBe(0);
    });
    expect((await inStores(canaries.mark)).filter((table) => /^bus\.|\.outbox$/.test(table))).toEqual([]);
  });

  it('is all in the export, with nobody else in it', async () => {
    const dumped = await dump(platform.database);
    const started = await api.post('/users/me/export', { token: ada.token });
    expect([started.status, started.body.status]).toEqual([202, 'collecting']);
    const again = await api.post('/users/me/export', { token: ada.token });
    expect(again.body.id).toBe(started.body.id);
    const path = `/users/me/export/${String(started.body.id)}`;
    await eventually(async () => expect((await api.get(path, { token: ada.token })).body.status).toBe('ready'), {
      timeoutMs: 30_000,
    });
    const ready = (await api.get(path, { token: ada.token })).body;
    expect(ready.services.map(({ service }: { service: string }) => service)).toEqual([...SERVICES]);
    expect((await api.get(path, { token: eve.token })).status).toBe(404);

    const file = await fetch(`${platform.url}${ready.download_url}`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/zip']);
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(bytes.byteLength).toBe(ready.bytes);
    const entries = await unzip(bytes);
    const text = [...entries.values()].map((entry) => entry.toString('utf8')).join('\n');
    const missing = [...canaries.planted].filter(
      ([canary]) => tablesWith(dumped, canary).length > 0 && !text.includes(canary),
    );
    expect(missing).toEqual([]);
    const found = [...canaries.planted.keys()].filter((canary) => text.includes(canary));
    expect(found.length / canaries.planted.size).toBeGreaterThan(0.6);
    // Of others she sees who they are to her, and nothing they did not write to her.
    expect(text).not.toContain(eve.email);
    expect([...entries.keys()].filter((name) => name.startsWith('identity/files/avatars/'))).toHaveLength(3);
    expect(text).not.toMatch(/\$argon2/);

    const forged = `${path}/download?token=${'A'.repeat(43)}`;
    expect((await api.get(forged)).status).toBe(404);
  }, 60_000);

  it('is kept when the password is wrong', async () => {
    const refused = await api.delete('/users/me', { token: ada.token, body: { password: 'not hers at all' } });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'REAUTHENTICATION_FAILED' } } });
    expect((await api.delete('/users/me', { token: ada.token, body: {} })).status).toBe(422);
    expect((await api.get('/users/me', { token: ada.token })).status).toBe(200);
  });

  it('is gone from every table, stream and file after the erasure, and nobody else lost anything', async () => {
    const before = await belongingsOfEve();
    const asked = await api.delete('/users/me', { token: ada.token, body: { password: PASSWORD } });
    expect([asked.status, asked.body.status]).toEqual([202, 'running']);
    const { id, certificate_secret: secret } = asked.body;
    await eventually(async () => expect((await api.get('/users/me', { token: ada.token })).status).toBe(401));

    const certificate = `/users/me/erasure-certificate/${String(id)}?secret=`;
    await eventually(
      async () => expect((await api.get(`${certificate}${String(secret)}`)).body.status).toBe('completed'),
      { timeoutMs: 30_000 },
    );
    expect((await api.get(`${certificate}${'A'.repeat(43)}`)).status).toBe(404);
    const { services } = (await api.get(`${certificate}${String(secret)}`)).body;
    expect(services.map(({ service }: { service: string }) => service)).toEqual([...SERVICES]);
    const rows = services.flatMap(({ tables }: { tables: { how: string; rows: number }[] }) => tables);
    expect(rows.filter(({ how }: { how: string }) => how === 'deleted').length).toBeGreaterThan(15);

    expect(await inStores(canaries.mark)).toEqual([]);
    expect(await inStores(ada.email)).toEqual([]);
    expect((await filesBelow(join(dataDir, 'files'))).map(({ path }) => path)).toEqual([]);
    // Her id, a random number, stays where it keeps late messages out or proves that the law was kept.
    const withId = (await inStores(ada.id)).map((table) => table.slice(table.indexOf('.') + 1));
    expect(new Set(withId)).toEqual(new Set(['erased_user', 'erasure', 'outbox', 'messages']));
    expect(await belongingsOfEve()).toEqual(before);
  }, 60_000);

  async function belongingsOfEve(): Promise<string[]> {
    const paths = ['/users/me', '/skills', '/goals'];
    return Promise.all(paths.map(async (path) => (await api.get(path, { token: eve.token })).text));
  }

  it('does not come back with messages that come late', async () => {
    const envelope = {
      id: newId(),
      type: 'jobs-ingestion.posting.bookmarked.v1',
      source: 'jobs-ingestion',
      subject: ada.id,
    };
    const data = { user_id: ada.id, posting_id: newId() };
    const payload = JSON.stringify({ ...envelope, time: new Date().toISOString(), data });
    await platform.database.admin(
      `INSERT INTO jobs.outbox (id, stream, subject, payload) VALUES ($1, 'EVT_JOBS_INGESTION', $2, $3)`,
      [envelope.id, `evt.${envelope.type}`, payload],
    );
    await eventually(async () => {
      const [row] = await platform.database.admin(
        'SELECT count(*)::int AS seen FROM analytics.inbox WHERE message_id = $1',
        [envelope.id],
      );
      expect(row?.seen).toBe(1);
    });
    expect(await platform.database.admin('SELECT * FROM analytics.bookmark WHERE user_id = $1', [ada.id])).toEqual([]);
  });

  it('frees the address for somebody new', async () => {
    const registered = await api.post('/auth/register', {
      body: { email: ada.email, password: PASSWORD, full_name: 'Ada' },
    });
    expect(registered.status).toBe(201);
    expect(registered.body.id).not.toBe(ada.id);
  });
});
