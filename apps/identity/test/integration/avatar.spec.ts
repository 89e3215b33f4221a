import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AVATAR_SIZES, deleteAvatar, getAvatar, getProfile, ProfileUpdatedV1, setAvatar } from '#contracts';
import { newId } from '#kernel';
import { eventually } from '#testing';
import sharp from 'sharp';
import { AvatarShelf } from '../../src/avatar/avatar-shelf.js';
import { failureOf, type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';

describe('pictures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'avatars-'));
  let app: IdentityApp;
  let me: SignedIn;
  const painted: Record<string, string> = {};
  const paint = async (colour: string) =>
    (
      await sharp({ create: { width: 100, height: 80, channels: 3, background: colour } })
        .png()
        .toBuffer()
    ).toString('base64');

  beforeAll(async () => {
    app = await startIdentity({ DATA_DIR: folder });
    for (const colour of ['red', 'blue']) painted[colour] = await paint(colour);
  }, 60_000);
  beforeEach(async () => {
    me = await app.register();
  });
  afterAll(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  const set = (who: SignedIn, colour: 'red' | 'blue', idempotencyKey?: string) =>
    app.ask(setAvatar, { picture: painted[colour] ?? '' }, { ...who.context, idempotencyKey });
  const show = (avatar_id: string, size: '64' | '256' | '512' = '256') => app.ask(getAvatar, { avatar_id, size });
  const files = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const filesAre = (count: number) => eventually(async () => expect(files()).toHaveLength(count));

  it('are shown in three sizes to whoever has the address, and stand in the profile', async () => {
    const { avatar, avatar_url } = await set(me, 'red');
    for (const size of AVATAR_SIZES) {
      const bytes = Buffer.from((await show(avatar.id, size)).picture, 'base64');
      expect(await sharp(bytes).metadata()).toMatchObject({
        format: 'webp',
        width: Number(size),
        height: Number(size),
      });
    }
    expect(await app.ask(getProfile, {}, me.context)).toMatchObject({ avatar, avatar_url, version: 1 });
    expect(avatar_url).toBe(`/api/v1/avatars/${avatar.id}?size=256`);
    expect(await app.told(ProfileUpdatedV1, me.user.id)).toHaveLength(1);
    await app.ask(deleteAvatar, {}, me.context);
    await filesAre(0);
  });

  it('have addresses of 192 bits that all are random: of any two about half differ', async () => {
    const bits = async (colour: 'red' | 'blue') => {
      const { id } = (await set(me, colour)).avatar;
      expect(id).toMatch(/^[A-Za-z0-9_-]{32}$/);
      return [...Buffer.from(id, 'base64url')].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    };
    const [first, second] = [await bits('red'), await bits('blue')];
    expect(first).toHaveLength(192);
    const differing = [...first].filter((bit, index) => bit !== second[index]).length;
    // Fair coins leave these bounds once in 10^20.
    expect(differing).toBeGreaterThan(30);
    expect(differing).toBeLessThan(162);
    await app.ask(deleteAvatar, {}, me.context);
    await filesAre(0);
  });

  it('of which a new one replaces the old one, its address and its files', async () => {
    const first = await set(me, 'red');
    await filesAre(3);
    const second = await set(me, 'blue');
    expect(second.avatar.id).not.toBe(first.avatar.id);
    expect(await failureOf(show(first.avatar.id))).toMatchObject({ kind: 'not-found' });
    await filesAre(3);
    await app.ask(deleteAvatar, {}, me.context);
    await app.ask(deleteAvatar, {}, me.context);
    expect(await failureOf(show(second.avatar.id))).toMatchObject({ kind: 'not-found' });
    expect(await app.ask(getProfile, {}, me.context)).toMatchObject({ avatar: null, avatar_url: null });
    await filesAre(0);
  });

  it('sent twice with one idempotency key are kept once, also on disk', async () => {
    const key = newId();
    const first = await set(me, 'red', key);
    expect(await set(me, 'red', key)).toEqual(first);
    await filesAre(3);
    expect(await failureOf(set(me, 'blue', key))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    await filesAre(3);
    await expect(show(first.avatar.id)).resolves.toBeDefined();
    await app.ask(deleteAvatar, {}, me.context);
    await filesAre(0);
  });

  it('sent ten at once end as one, and no file is left over', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => set(me, i % 2 === 0 ? 'red' : 'blue')));
    const { avatar } = await app.ask(getProfile, {}, me.context);
    expect(all.map((answer) => answer.avatar.id)).toContain(avatar?.id);
    await filesAre(3);
    await app.ask(deleteAvatar, {}, me.context);
    await filesAre(0);
  });

  it.each([
    ['no picture', Buffer.from('<svg/>').toString('base64')],
    ['no base64', '!!!'],
    ['a text with NUL', '\u0000'],
  ])('are refused by name when they are %s, and leave no file', async (_what, picture) => {
    expect(await failureOf(app.ask(setAvatar, { picture }, me.context))).toMatchObject({
      kind: 'invalid',
      details: [{ field: 'file' }],
    });
    expect(files()).toEqual([]);
  });

  it('of an account that is blocked are shown to nobody', async () => {
    const { avatar } = await set(me, 'red');
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [me.user.id]);
    expect(await failureOf(show(avatar.id))).toMatchObject({ kind: 'not-found' });
    await app.ask(deleteAvatar, {}, me.context);
  });

  it('that nobody knows are not found', async () => {
    expect(await failureOf(show(newId()))).toMatchObject({ kind: 'not-found' });
    expect(await failureOf(show(me.user.id))).toMatchObject({ kind: 'not-found' });
    expect(await failureOf(show(crypto.randomUUID()))).toMatchObject({ kind: 'not-found' });
  });

  it('whose row was never written are swept after an hour, those in use never', async () => {
    const { avatar } = await set(me, 'red');
    await filesAre(3);
    const shelf = app.get(AvatarShelf);
    const bytes = readFileSync(join(files()[0]?.parentPath ?? '', files()[0]?.name ?? ''));
    await shelf.put({ 64: bytes, 256: bytes, 512: bytes });
    const age = (hours: number) => {
      const then = new Date(app.clock.now().getTime() - hours * 3_600_000);
      for (const entry of files()) utimesSync(join(entry.parentPath, entry.name), then, then);
    };
    age(0.5);
    expect(await shelf.sweep()).toBe(0);
    age(2);
    expect(await shelf.sweep()).toBe(3);
    await expect(show(avatar.id, '512')).resolves.toBeDefined();
    await app.ask(deleteAvatar, {}, me.context);
  });
});
