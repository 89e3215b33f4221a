import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserErasedV1 } from '#contracts';
import { newId } from '#kernel';
import sharp from 'sharp';
import { ApiDocument, eventually } from '#testing';
import { ApiClient } from './support/api-client.js';
import { dump, tablesWith } from './support/leftovers.js';
import { startMyDataCluster } from './support/my-data-cluster.js';
import { PASSWORD, PROFILE, signIn } from './support/people.js';

type Wish = 'export' | 'erase';
const KILLED = ['identity', 'applications'] as const;
type KilledApp = (typeof KILLED)[number];

/**
 * One after the other, each with somebody of his own, so that nobody waits for the redelivery of what a death held up.
 * Where two are named, both processes die.
 */
const DEATHS: readonly { wish: Wish; faults: Partial<Record<KilledApp, string>> }[] = [
  // Between answers, and a part that is written and not announced.
  { wish: 'export', faults: { identity: 'export.answer_before_commit:2', applications: 'export.part_before_answer' } },
  // The file is there, and the row does not say so yet.
  { wish: 'export', faults: { identity: 'export.file_before_row' } },
  // In the request itself: whoever asked gets no answer.
  { wish: 'erase', faults: { identity: 'saga.begun_before_commit' } },
  {
    wish: 'erase',
    faults: { identity: 'saga.answer_before_commit:3', applications: 'erasure.marked_before_files' },
  },
  { wish: 'erase', faults: { identity: 'saga.answer_before_commit', applications: 'erasure.rows_before_answer' } },
  // identity itself, the last one: files are gone, rows are not.
  { wish: 'erase', faults: { identity: 'erasure.files_before_rows' } },
  { wish: 'erase', faults: { identity: 'erasure.rows_before_answer' } },
  // Everything is erased, and the certificate is not complete.
  { wish: 'erase', faults: { identity: 'saga.completed_before_commit' } },
];

interface Sufferer {
  mark: string;
  email: string;
  id: string;
  token: string;
  certificate?: string;
}

describe('processes killed in the middle of exports and erasures', () => {
  let platform: Awaited<ReturnType<typeof startMyDataCluster>>;
  let api: ApiClient;
  const people: Sufferer[] = [];

  beforeAll(async () => {
    platform = await startMyDataCluster();
    api = new ApiClient(platform.url, ApiDocument.read());
    const create = { width: 64, height: 64, channels: 3, background: { r: 10, g: 10, b: 200 } } as const;
    const picture = new Uint8Array(await sharp({ create }).png().toBuffer());
    while (people.length < DEATHS.length) people.push(await somebodyWithBelongings(picture));
  }, 180_000);
  afterAll(async () => {
    await platform.stop();
  }, 90_000);

  /** Name, address and texts carry a mark that is nowhere else. */
  async function somebodyWithBelongings(picture: Uint8Array<ArrayBuffer>): Promise<Sufferer> {
    const mark = `mark${newId().replaceAll('-', '')}`;
    const email = `${mark}@example.com`;
    const { id } = (await api.post('/auth/register', { body: { email, password: PASSWORD, full_name: mark } })).body;
    await platform.database.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [id]);
    const token = await signIn(api, email, PASSWORD);
    await api.put('/users/me', { token, body: { ...PROFILE, headline: mark } });
    await api.post('/goals', { token, body: { title: mark, target: 3, unit: mark, period: 'weekly' } });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'image/png' };
    const worn = await fetch(`${platform.url}/api/v1/users/avatar`, { method: 'POST', headers, body: picture });
    expect(worn.status).toBe(201);
    return { mark, email, id: String(id), token };
  }

  /** Asked again where the answer was lost, as a client would. */
  async function erase(person: Sufferer): Promise<void> {
    const { token } = person;
    const { status, body } = await api.delete('/users/me', { token, body: { password: PASSWORD } });
    if (status === 202) person.certificate = `${String(body.id)}?secret=${String(body.certificate_secret)}`;
    else expect([503, 504]).toContain(status);
  }

  /** What the next incarnation dies of; none when it has died of everything. */
  const armed = (app: KilledApp, after: number): Record<string, string> => {
    const next = DEATHS.slice(after).find(({ faults }) => faults[app] !== undefined);
    return next === undefined ? {} : { FAULT: next.faults[app] ?? '' };
  };

  it('die where they are told to', async () => {
    for (const app of KILLED) {
      await platform.cluster.process(app).kill9();
      await platform.cluster.process(app).start(armed(app, 0));
    }
    for (const [index, { wish, faults }] of DEATHS.entries()) {
      const person = people[index];
      if (person === undefined) throw new Error('more deaths than people');
      if (wish === 'export') expect((await api.post('/users/me/export', { token: person.token })).status).toBe(202);
      else await erase(person);
      const dying = KILLED.filter((app) => faults[app] !== undefined);
      await Promise.all(
        dying.map(async (app) => {
          // Longer than a message waits that was handed to somebody who died.
          await platform.cluster.process(app).died(60_000);
          await platform.cluster.process(app).start(armed(app, index + 1));
        }),
      );
    }
  }, 180_000);

  it('and everything ends all the same, once', async () => {
    const [first, second, ...others] = people;
    if (first === undefined || second === undefined) throw new Error('nobody is there');
    for (const person of others) if (person.certificate === undefined) await erase(person);
    const ready = async ({ id }: Sufferer) => {
      const rows = await platform.database.admin('SELECT status FROM identity.data_export WHERE user_id = $1', [id]);
      expect(rows).toEqual([{ status: 'ready' }]);
    };
    await eventually(() => Promise.all([ready(first), ready(second)]), { timeoutMs: 90_000, everyMs: 200 });
    expect((await platform.files()).filter((path) => path.includes('/exports/'))).toHaveLength(2);
    for (const { id } of [first, second]) {
      await eventually(async () => expect(await lettersAbout('export_ready', id)).toBe(1));
    }

    await erase(first);
    await erase(second);
    await eventually(
      async () => {
        for (const { certificate = '' } of people) {
          const shown = await api.get(`/users/me/erasure-certificate/${certificate}`);
          expect(shown.body.status).toBe('completed');
        }
      },
      { timeoutMs: 90_000, everyMs: 200 },
    );
    for (const { id } of people) {
      const told = await platform.database.admin(
        `SELECT 1 AS one FROM identity.outbox WHERE subject = $1 AND payload::jsonb ->> 'subject' = $2`,
        [UserErasedV1.subject, id],
      );
      expect(told).toHaveLength(1);
    }
  }, 240_000);

  const lettersAbout = async (kind: string, userId: string): Promise<number> =>
    (
      await platform.database.admin('SELECT 1 AS one FROM notifications.delivery WHERE kind = $1 AND user_id = $2', [
        kind,
        userId,
      ])
    ).length;

  it('with nothing of anybody left in a table, a stream or a file', async () => {
    const dumped = await dump(platform.database);
    for (const { mark, id } of people) {
      expect(tablesWith(dumped, mark)).toEqual([]);
      expect(await platform.placesWith(mark)).toEqual([]);
      // That what was looked through does hold something: ids stay in streams until they are old.
      expect((await platform.placesWith(id)).some((path) => path.endsWith('.blk'))).toBe(true);
    }
    expect(await platform.files()).toEqual([]);
  }, 60_000);
});
