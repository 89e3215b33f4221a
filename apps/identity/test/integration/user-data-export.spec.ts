import 'reflect-metadata';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AssembleExportV1,
  type DataExport,
  getExport,
  readExport,
  requestErasure,
  requestExport,
  SERVICES,
  UserExportRequestedV1,
  userDataOf,
} from '#contracts';
import { AppError, newId } from '#kernel';
import { FileStore } from '#platform';
import { eventually, unzip } from '#testing';
import { ErasureSaga } from '../../src/erasure/erasure.saga.js';
import { ExportSaga } from '../../src/user-data-export/export.saga.js';
import { failureOf, type IdentityApp, PASSWORD, type SignedIn, startIdentity } from './identity-app.js';
import { OTHERS, OtherServices, type Subject } from './other-services.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PATIENCE = { timeoutMs: 20_000 };

describe('an export of everything on a person', () => {
  const folder = mkdtempSync(join(tmpdir(), 'exports-'));
  let app: IdentityApp;
  let others: OtherServices;
  beforeAll(async () => {
    app = await startIdentity({ DATA_DIR: folder, PUBLIC_API_URL: 'https://api.example', EXPORTS_PER_DAY: '2' });
    others = new OtherServices(app);
    await others.listen();
    for (const service of OTHERS)
      others.parts.set(service, { 'thing.json': `["${service} holds this"]`, 'empty.json': '[]' });
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  const tick = () => app.get(ExportSaga).tick();
  const ask = (who: SignedIn) => app.ask(requestExport, {}, who.context);
  const get = (who: SignedIn, id: string) => app.ask(getExport, { export_id: id }, who.context);
  const asked = (who: SignedIn) => app.told(UserExportRequestedV1, who.user.id);
  const subjectOf = (who: SignedIn, { id }: DataExport): Subject => ({ request_id: id, user_id: who.user.id });
  const letters = async ({ email }: SignedIn) =>
    (await app.letters(email)).filter(({ kind }) => kind === 'export_ready');
  const filesOfExports = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.parentPath.includes('/exports/'))
      .map(({ name }) => name);

  async function verified(): Promise<SignedIn> {
    const who = await app.register();
    await app.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [who.user.id]);
    return who;
  }

  /** Until the own part of identity has been counted. */
  const ownPart = (who: SignedIn, id: string) =>
    eventually(async () => {
      const own = (await get(who, id)).services.find(({ service }) => service === 'identity');
      expect(own?.answered_at).not.toBeNull();
    }, PATIENCE);
  const ready = (who: SignedIn, id: string) =>
    eventually(async () => expect((await get(who, id)).status).toBe('ready'), PATIENCE);
  const allAnswer = async (who: SignedIn, made: DataExport) => {
    for (const service of OTHERS) await others.exported(service, subjectOf(who, made));
  };

  /** As the gateway fetches it: piece by piece, with nothing but the link. */
  async function fetchFile({ id, download_url }: DataExport): Promise<Map<string, string>> {
    const token = new URL(download_url ?? '', 'https://api.example').searchParams.get('token') ?? '';
    const pieces: Buffer[] = [];
    for (let offset = 0, size = 1; offset < size;) {
      const piece = await app.ask(readExport, { export_id: id, token, offset });
      pieces.push(Buffer.from(piece.bytes, 'base64'));
      offset += pieces.at(-1)?.byteLength ?? 0;
      size = piece.size;
    }
    const entries = await unzip(Buffer.concat(pieces));
    return new Map([...entries].map(([name, bytes]) => [name, bytes.toString('utf8')]));
  }

  it('comes together from parts in any order, each of which may come twice', async () => {
    const who = await verified();
    const made = await ask(who);
    expect(made).toMatchObject({ status: 'collecting', download_url: null, bytes: null });
    expect(await asked(who)).toMatchObject([{ ...subjectOf(who, made), services: [...SERVICES] }]);
    await ownPart(who, made.id);
    for (const service of [...OTHERS].reverse()) {
      const { exported } = userDataOf(service);
      const data = { ...subjectOf(who, made), records: 2, files: 0, bytes: 40 };
      const id = await others.tell(exported, data);
      await others.tell(exported, data, id);
      await others.exported(service, subjectOf(who, made));
    }
    await ready(who, made.id);

    const shown = await get(who, made.id);
    const expiresAt = new Date(Date.parse(shown.ready_at ?? '') + 3 * DAY).toISOString();
    expect(shown.expires_at).toBe(expiresAt);
    expect(shown.services.filter(({ service }) => service !== 'identity').map(({ records }) => records)).toEqual(
      OTHERS.map(() => 2),
    );
    const entries = await fetchFile(shown);
    for (const service of OTHERS) {
      expect(entries.get(`${service}/thing.json`)).toBe(`["${service} holds this"]`);
      expect(entries.get(`${service}/empty.json`)).toBe('[]');
    }
    expect(JSON.parse(entries.get('identity/account.json') ?? '')).toMatchObject([{ email: who.email }]);
    expect(entries.get('identity/account.json')).not.toContain('argon2');

    // Assembled once and told once, however often parts were announced.
    expect(await app.told(AssembleExportV1, who.user.id)).toHaveLength(1);
    const letter = { kind: 'export_ready', user_id: who.user.id, expires_at: expiresAt };
    const link = `https://api.example${shown.download_url ?? ''}`;
    expect(await letters(who)).toEqual([{ ...letter, values: { link } }]);
  });

  it('is told about by mail only where the address was proven', async () => {
    const who = await app.register();
    const made = await ask(who);
    await allAnswer(who, made);
    await ready(who, made.id);
    expect(await app.letters(who.email)).toEqual([]);
  });

  it('asks a service anew whose part is gone when it is fetched, and only that one', async () => {
    const who = await verified();
    const made = await ask(who);
    const part = others.parts.get('analytics') ?? {};
    others.parts.delete('analytics');
    try {
      await allAnswer(who, made);
      await eventually(async () => {
        // Not before it was tried: until then analytics may be the one whose answer is still on its way.
        expect(await app.told(AssembleExportV1, who.user.id)).toHaveLength(1);
        const { status, services } = await get(who, made.id);
        const missing = services.filter(({ answered_at }) => answered_at === null);
        expect([status, missing.map(({ service }) => service)]).toEqual(['collecting', ['analytics']]);
      }, PATIENCE);
      await tick();
      expect((await asked(who)).map(({ services }) => services)).toEqual([[...SERVICES], ['analytics']]);
    } finally {
      others.parts.set('analytics', part);
    }
    await others.exported('analytics', subjectOf(who, made));
    await ready(who, made.id);
    expect((await fetchFile(await get(who, made.id))).get('analytics/thing.json')).toBe('["analytics holds this"]');
    expect(await letters(who)).toHaveLength(1);
  });

  it('tries again where a service fails while its part is read, and leaves no half file', async () => {
    const who = await verified();
    const before = filesOfExports().length;
    const failing = { code: 'SERVICE_UNAVAILABLE', kind: 'unavailable', message: 'not now' } as const;
    const made = await ask(who);
    others.failures.push(new AppError(failing));
    await allAnswer(who, made);
    await ready(who, made.id);
    expect((await fetchFile(await get(who, made.id))).size).toBeGreaterThan(OTHERS.length * 2);
    expect(filesOfExports()).toHaveLength(before + 1);
    expect(await letters(who)).toHaveLength(1);
  });

  it('does not forget what an attempt left before it is deleted', async () => {
    const who = await verified();
    const before = filesOfExports();
    const made = await ask(who);
    let goOn = (): void => undefined;
    others.held = new Promise((resolve) => (goOn = resolve));
    const reads = others.reads.get('jobs-ingestion') ?? 0;
    others.failures.push(new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'unavailable', message: 'not now' }));
    await allAnswer(who, made);
    await eventually(() => expect(others.reads.get('jobs-ingestion')).toBeGreaterThan(reads), PATIENCE);
    // Left by an attempt that died; a folder in its place cannot be deleted as a file is.
    const { id: left } = await app.get(FileStore).put('exports', Buffer.from('of a process that died'), 100);
    const path = join(folder, 'files/exports', left.slice(0, 2), left);
    rmSync(path);
    mkdirSync(path);
    await app.db.admin('UPDATE identity.data_export SET file_id = $2 WHERE id = $1', [made.id, left]);
    goOn();
    const fileOf = () => app.db.admin('SELECT file_id FROM identity.data_export WHERE id = $1', [made.id]);
    // Long enough for the second attempt to come to the deletion.
    await sleep(2_000);
    expect(await fileOf()).toEqual([{ file_id: left }]);
    rmSync(path, { recursive: true });
    writeFileSync(path, 'of a process that died');
    await ready(who, made.id);
    expect(existsSync(path)).toBe(false);
    expect(filesOfExports()).toHaveLength(before.length + 1);
  });

  it('is given to whoever has the link, until it expires; then the file goes', async () => {
    const [who, somebody] = [await verified(), await verified()];
    const made = await ask(who);
    const foreign = await ask(somebody);
    for (const [one, its] of [
      [who, made],
      [somebody, foreign],
    ] as const) {
      await allAnswer(one, its);
      await ready(one, its.id);
    }
    const shown = await get(who, made.id);
    const tokenOf = ({ download_url }: DataExport) => /token=(.*)$/.exec(download_url ?? '')?.[1] ?? '';
    const read = (id: string, token: string, offset = 0) => app.ask(readExport, { export_id: id, token, offset });
    const notFound = { kind: 'not-found' };
    for (const token of [tokenOf(await get(somebody, foreign.id)), 'A'.repeat(43), '', 'ä']) {
      expect(await failureOf(read(made.id, token))).toMatchObject(notFound);
    }
    expect(await failureOf(get(somebody, made.id))).toMatchObject(notFound);
    expect((await read(made.id, tokenOf(shown), 10_000_000)).bytes).toBe('');

    app.clock.advance(3 * DAY - 1);
    await tick();
    await expect(read(made.id, tokenOf(shown))).resolves.toMatchObject({ size: shown.bytes });
    const before = filesOfExports().length;
    app.clock.advance(1);
    expect(await failureOf(read(made.id, tokenOf(shown)))).toMatchObject(notFound);
    expect(await get(who, made.id)).toMatchObject({ status: 'expired', download_url: null });
    await tick();
    expect(filesOfExports().length).toBeLessThan(before);
    expect(await failureOf(read(made.id, tokenOf(shown)))).toMatchObject(notFound);
    expect(await app.db.admin('SELECT status, file_id FROM identity.data_export WHERE id = $1', [made.id])).toEqual([
      { status: 'expired', file_id: null },
    ]);
  });

  it('is one at a time, also for who asks ten times at once, and a few a day', async () => {
    const who = await verified();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(who)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await asked(who)).toHaveLength(1);
    const [first] = answers;
    if (first === undefined) throw new Error('nobody answered');
    await allAnswer(who, first);
    await ready(who, first.id);

    const second = await ask(who);
    expect(second.id).not.toBe(first.id);
    await allAnswer(who, second);
    await ready(who, second.id);
    expect(await failureOf(ask(who))).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
    app.clock.advance(DAY);
    expect((await ask(who)).status).toBe('collecting');
  });

  it('asks a silent service ever more rarely, and has failed after a week, so that another may be asked for', async () => {
    const who = await verified();
    const made = await ask(who);
    await ownPart(who, made.id);
    for (const service of OTHERS) if (service !== 'applications') await others.exported(service, subjectOf(who, made));
    await eventually(async () => {
      const silent = (await get(who, made.id)).services.filter(({ answered_at }) => answered_at === null);
      expect(silent).toHaveLength(1);
    }, PATIENCE);
    for (let hours = 0; hours < 24; hours += 1) {
      app.clock.advance(HOUR);
      await tick();
    }
    const again = (await asked(who)).slice(1);
    expect(again.length).toBeGreaterThanOrEqual(6);
    expect(again.length).toBeLessThanOrEqual(14);
    expect(again.every(({ services }) => services.join() === 'applications')).toBe(true);
    expect((await get(who, made.id)).status).toBe('collecting');

    app.clock.advance(6 * DAY + HOUR);
    await tick();
    expect((await get(who, made.id)).status).toBe('failed');
    const late = await others.exported('applications', subjectOf(who, made));
    await eventually(() => others.handled(late), PATIENCE);
    expect((await get(who, made.id)).status).toBe('failed');
    expect(await letters(who)).toEqual([]);
    expect((await ask(who)).id).not.toBe(made.id);
  });

  it('is not moved by answers to what is unknown or ready', async () => {
    const who = await verified();
    const made = await ask(who);
    await allAnswer(who, made);
    await ready(who, made.id);
    const before = await get(who, made.id);
    for (const request_id of [made.id, newId()]) {
      const late = await others.exported('analytics', { request_id, user_id: who.user.id });
      await eventually(() => others.handled(late), PATIENCE);
    }
    expect(await get(who, made.id)).toEqual(before);
    expect(await letters(who)).toHaveLength(1);
  });

  describe('of an account that is to be erased', () => {
    const erase = (who: SignedIn) => app.ask(requestErasure, { password: PASSWORD }, who.context);

    it('is refused; one that was asked for before is made, and goes with the account', async () => {
      const [who, other] = [await verified(), await verified()];
      const made = await ask(who);
      const erasure = await erase(who);
      await erase(other);
      expect(await failureOf(ask(other))).toMatchObject({ kind: 'conflict' });
      await allAnswer(who, made);
      await ready(who, made.id);
      expect(await letters(who)).toHaveLength(1);
      const [{ file } = { file: '' }] = await app.db.admin<{ file: string }>(
        'SELECT file_id AS file FROM identity.data_export WHERE id = $1',
        [made.id],
      );
      expect(filesOfExports()).toContain(file);

      app.clock.advance(7 * DAY);
      await app.get(ErasureSaga).tick();
      for (const service of OTHERS) {
        await others.erased(service, { request_id: erasure.id, user_id: who.user.id });
      }
      await eventually(async () => {
        expect(await app.db.admin('SELECT 1 AS one FROM identity.data_export WHERE id = $1', [made.id])).toEqual([]);
      }, PATIENCE);
      expect(filesOfExports()).not.toContain(file);
    });

    it('leaves no file where the account goes while it is assembled', async () => {
      const who = await verified();
      const made = await ask(who);
      await tick();
      const before = filesOfExports();
      let goOn = (): void => undefined;
      others.held = new Promise((resolve) => (goOn = resolve));
      const reads = others.reads.get('jobs-ingestion') ?? 0;
      await allAnswer(who, made);
      await eventually(() => expect(others.reads.get('jobs-ingestion')).toBeGreaterThan(reads), PATIENCE);
      // What the erasure does, while the parts are being read.
      await app.db.admin('DELETE FROM identity.data_export WHERE id = $1', [made.id]);
      goOn();
      await eventually(async () => {
        const commands = await app.db.admin(
          `SELECT 1 AS one FROM identity.inbox i JOIN identity.outbox o ON o.id = i.message_id
           WHERE o.subject = $1 AND o.payload LIKE '%' || $2 || '%'`,
          [AssembleExportV1.subject, made.id],
        );
        expect(commands).toHaveLength(1);
      }, PATIENCE);
      await eventually(() => expect(filesOfExports()).toEqual(before), PATIENCE);
    });
  });

  it('has files no row knows swept after an hour, half-written ones too, and its own never', async () => {
    const who = await verified();
    const made = await ask(who);
    await allAnswer(who, made);
    await ready(who, made.id);
    // The clock has moved: what has expired goes by itself, at a moment of its own.
    await tick();
    const kept = filesOfExports();
    const { id } = await app.get(FileStore).put('exports', Buffer.from('of a process that died'), 100);
    writeFileSync(join(folder, 'files/exports', id.slice(0, 2), `${id}.00000000.part`), 'half');
    const age = (hours: number) => {
      const then = new Date(app.clock.now().getTime() - hours * HOUR);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), then, then);
      }
    };
    age(0.5);
    await app.get(ExportSaga).sweep();
    expect(filesOfExports()).toHaveLength(kept.length + 2);
    age(2);
    await app.get(ExportSaga).sweep();
    expect(filesOfExports().sort()).toEqual(kept.sort());
  });
});
