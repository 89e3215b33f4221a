import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SERVICES } from '#contracts';
import { newId } from '#kernel';
import sharp from 'sharp';
import { ApiDocument, eventually, type TestDatabase, unzip } from '#testing';
import { ApiClient } from './support/api-client.js';
import { Canaries } from './support/canaries.js';
import { dump, tablesWith } from './support/leftovers.js';
import { PASSWORD, type Person, PROFILE, signIn, somebody, theOwner } from './support/people.js';
import { Planter } from './support/planter.js';

/** What the story runs on: erasures begin at once, and no source is asked. */
export interface MyDataPlatform {
  url: string;
  database: TestDatabase;
  /** Names of the places outside of tables (stored messages, files of people) that hold the text. */
  placesWith(text: string): Promise<string[]>;
  /** Names of the files of people. */
  files(): Promise<string[]>;
  /** Tables in which messages stay until their retention ends. */
  messageTables: readonly string[];
  stop(): Promise<void>;
}

export function describeMyData(start: () => Promise<MyDataPlatform>): void {
  const document = ApiDocument.read();
  let platform: MyDataPlatform;
  let api: ApiClient;
  let ada: Person;
  let eve: Person;
  let bob: Person;
  let canaries: Canaries;

  beforeAll(async () => {
    platform = await start();
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
  }, 240_000);
  afterAll(async () => {
    await platform.stop();
  }, 90_000);

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

  const inStores = async (text: string) => tablesWith(await dump(platform.database), text);

  it('is planted in every field a person may fill', async () => {
    const planter = new Planter(api, canaries, ada.token);
    await meetEve();
    await planter.plantAll();
    await wearPicture();
    expect(planter.operations().length).toBeGreaterThan(10);
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
    expect(await platform.placesWith(canaries.mark)).toEqual([]);
    // What is looked through holds messages about her: by her id.
    const withId = [...(await platform.placesWith(ada.id)), ...(await inStores(ada.id))];
    expect(withId.filter((place) => /messages|\.blk$/.test(place))).not.toEqual([]);
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
    for (const text of [canaries.mark, ada.email]) expect(await platform.placesWith(text)).toEqual([]);
    expect(await platform.files()).toEqual([]);
    // Her id, a random number, stays where it keeps late messages out or proves that the law was kept.
    const withId = (await inStores(ada.id)).map((table) => table.slice(table.indexOf('.') + 1));
    expect(new Set(withId)).toEqual(new Set(['erased_user', 'erasure', 'outbox', ...platform.messageTables]));
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
}
