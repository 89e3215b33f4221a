import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TokenPair } from '#contracts';
import { LiveSocket } from './e2e/support/live-socket.js';
import { IdentityBehindDoors, shaped } from './support/identity-behind-doors.js';

let world: IdentityBehindDoors;
let owner: string;
const sockets: LiveSocket[] = [];

beforeAll(async () => {
  world = await IdentityBehindDoors.start();
  owner = await world.owner();
}, 60_000);
afterEach(async () => {
  await Promise.all(sockets.splice(0).map((socket) => socket.close()));
});
afterAll(() => world.stop());

const refresh = (refresh_token: string, door: 0 | 1) =>
  world.send('POST', '/auth/refresh', { body: { refresh_token }, door });
const lettersTo = (userId: string) =>
  world.db.admin<{ kind: string }>(
    `SELECT payload::jsonb -> 'data' ->> 'kind' AS kind FROM identity.outbox
     WHERE subject = 'cmd.notifications.delivery.send.v1' AND payload::jsonb -> 'data' ->> 'user_id' = $1`,
    [userId],
  );

describe('a refresh token that twenty bring at once, to two gateways', () => {
  it('gives at most one pair; every token of the family is refused at both within a second, and its owner is told', async () => {
    const ada = await world.somebody();
    await world.db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [ada.id]);
    await world.soon(200, '/auth/me', ada.token);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => refresh(ada.refresh, index % 2 === 0 ? 0 : 1)),
    );
    const pairs = answers.filter(({ status }) => status === 200).map(({ body }) => shaped(TokenPair, body));
    expect(pairs.length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ code }) => code === 'INVALID_REFRESH_TOKEN')).toHaveLength(20 - pairs.length);
    await Promise.all(
      [ada.token, ...pairs.map((pair) => pair.access_token)].map((token) => world.soon(401, '/auth/me', token)),
    );
    for (const { refresh_token } of pairs) {
      expect(await refresh(refresh_token, 0)).toMatchObject({ status: 401, code: 'INVALID_REFRESH_TOKEN' });
    }
    expect(await lettersTo(ada.id)).toEqual([{ kind: 'token_reused' }]);
  });
});

describe('live sockets at two gateways', () => {
  const connect = async (token: string): Promise<LiveSocket[]> => {
    const opened = await Promise.all(([0, 1] as const).map((door) => LiveSocket.open(world.urlOf(door), token)));
    sockets.push(...opened);
    return opened;
  };
  const change = (id: string, body: object) => world.send('PUT', `/admin/users/${id}`, { credential: owner, body });

  it.each<[string, (who: { id: string; token: string }) => Promise<{ status: number }>]>([
    ['signed out', ({ token }) => world.send('POST', '/auth/logout', { credential: token })],
    ['was blocked', ({ id }) => change(id, { blocked: true })],
    ['got other roles', ({ id }) => change(id, { roles: ['user', 'employer'] })],
  ])('are closed within a second after their person %s, and nobody else’s', async (_what, end) => {
    const [ada, eve] = [await world.somebody(), await world.somebody()];
    const [hers, others] = [await connect(ada.token), await connect(eve.token)];
    expect((await end(ada)).status).toBe(200);
    const ended = performance.now();
    expect(await Promise.all(hers.map((socket) => socket.closed()))).toEqual([4401, 4401]);
    expect(performance.now() - ended).toBeLessThan(1000);
    expect(others.map((socket) => socket.isOpen)).toEqual([true, true]);
  });
});
