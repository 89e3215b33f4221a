import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiKeyEndAnnouncedV1, createApiKey, deleteApiKey } from '#contracts';
import { KeyEnds } from '../../src/api-keys/key-ends.js';
import { type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';

const DAY = 86_400_000;

describe('the end of an API key', () => {
  let app: IdentityApp;
  let replica: IdentityApp;
  beforeAll(async () => {
    app = await startIdentity();
    replica = await startIdentity({}, app.db);
  }, 60_000);
  afterAll(async () => {
    await replica.stop();
    await app.stop();
  });

  const announce = () => app.get(KeyEnds).announce();
  const announced = (id: string) => app.told(ApiKeyEndAnnouncedV1, id);
  async function somebody(isConfirmed = true): Promise<SignedIn> {
    const person = await app.register();
    const confirmed = isConfirmed ? app.clock.now() : null;
    await app.db.admin('UPDATE identity.account SET email_verified_at = $2 WHERE id = $1', [person.user.id, confirmed]);
    return person;
  }
  async function keyOf(person: SignedIn, lifeMs: number | null, name = 'CI of the site') {
    const expires_at = lifeMs === null ? null : new Date(app.clock.now().getTime() + lifeMs).toISOString();
    return app.ask(createApiKey, { name, scopes: ['read:jobs'], expires_at }, person.context);
  }
  const lettersTo = async ({ email }: SignedIn) =>
    (await app.letters(email)).filter(({ kind }) => kind === 'api_key_ending').map(({ values }) => values);

  it('is announced a week before, once, to the inbox and the mailbox', async () => {
    const person = await somebody();
    const { id, expires_at } = await keyOf(person, 30 * DAY);
    app.clock.advance(23 * DAY - 1);
    await announce();
    expect(await announced(id)).toEqual([]);
    app.clock.advance(1);
    await announce();
    app.clock.advance(DAY);
    await announce();
    expect(await announced(id)).toEqual([{ user_id: person.user.id, key_id: id, expires_at }]);
    expect(await lettersTo(person)).toEqual([expect.objectContaining({ name: 'CI of the site', until: expires_at })]);
  });

  it('is announced once by all replicas that look at the same moment, also of more keys than are taken at once', async () => {
    const people = [await somebody(), await somebody(), await somebody()];
    const keys = await Promise.all(
      people.flatMap((person) => Array.from({ length: 40 }, () => keyOf(person, 8 * DAY))),
    );
    app.clock.advance(DAY);
    replica.clock.jumpTo(app.clock.now());
    await Promise.all([app, replica, app, replica].map((one) => one.get(KeyEnds).announce()));
    // What one holds the others skip; had he failed, the next would find it.
    await announce();
    for (const { id } of keys) expect(await announced(id)).toHaveLength(1);
    for (const person of people) expect(await lettersTo(person)).toHaveLength(40);
  });

  it.each<[what: string, lifeMs: number | null]>([
    ['a key that was made for a week', 7 * DAY],
    ['a key that was made for an hour', DAY / 24],
    ['a key that has no end', null],
  ])('is not announced of %s', async (_what, lifeMs) => {
    const person = await somebody();
    const { id } = await keyOf(person, lifeMs);
    for (const passed of [0, DAY / 48, 7 * DAY]) {
      app.clock.advance(passed);
      await announce();
    }
    expect(await announced(id)).toEqual([]);
    expect(await lettersTo(person)).toEqual([]);
  });

  it('is not announced once the key was revoked or is over, nor to a blocked account', async () => {
    const person = await somebody();
    const revoked = await keyOf(person, 8 * DAY);
    await app.ask(deleteApiKey, { key_id: revoked.id }, person.context);
    const blocked = await somebody();
    const of = await keyOf(blocked, 8 * DAY);
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [blocked.user.id]);
    const missed = await keyOf(person, 8 * DAY);
    app.clock.advance(DAY);
    await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [person.user.id]);
    await announce();
    await app.db.admin('UPDATE identity.account SET blocked_at = NULL WHERE id = $1', [person.user.id]);
    app.clock.advance(7 * DAY);
    await announce();
    for (const { id } of [revoked, of, missed]) expect(await announced(id)).toEqual([]);
  });

  it('is told to the inbox alone where nobody has confirmed the address: it may be a stranger’s', async () => {
    const person = await somebody(false);
    const { id } = await keyOf(person, 8 * DAY);
    app.clock.advance(DAY);
    await announce();
    expect(await announced(id)).toHaveLength(1);
    expect(await lettersTo(person)).toEqual([]);
  });
});
