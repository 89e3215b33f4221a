import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  compileSchema,
  Connection,
  ConnectionAcceptedV1,
  ConnectionRequestedV1,
  getConnection,
  getPublicProfileSettings,
  requestConnection,
  searchProfiles,
  showProfileById,
  showProfileBySlug,
  updateProfile,
  updatePublicProfileSettings,
} from '#contracts';
import { AppError, newId } from '#kernel';
import { failureOf, type IdentityApp, type SignedIn, startIdentity } from './identity-app.js';
import { peopleOf, slugs } from './people-of.js';

const NOT_FOUND = { kind: 'not-found', code: 'NOT_FOUND' };
const DAY = 86_400_000;

describe('people and what they are to each other', () => {
  let app: IdentityApp;
  let ada: SignedIn;
  let ben: SignedIn;
  beforeAll(async () => {
    app = await startIdentity({ CONNECTION_REQUESTS_PER_DAY: '5' });
  }, 60_000);
  const { person, ask, answer, remove, list, show, connect } = peopleOf(() => app);
  beforeEach(async () => {
    [ada, ben] = [await person('Ada Lovelace'), await person('Ben Babbage')];
  });
  afterAll(() => app.stop());

  describe('connections', () => {
    it('are asked for, accepted and told', async () => {
      const request = await ask(ada, ben);
      expect(compileSchema(Connection).problems(request)).toEqual([]);
      expect(request).toMatchObject({
        status: 'pending',
        direction: 'sent',
        requester_id: ada.user.id,
        receiver_id: ben.user.id,
        person: { full_name: 'Ben Babbage' },
      });
      expect((await list(ben, { status: 'pending', direction: 'received' })).connections).toMatchObject([
        { id: request.id, direction: 'received', person: { full_name: 'Ada Lovelace' } },
      ]);
      expect(await answer(ben, request.id, 'accepted')).toMatchObject({ status: 'accepted', direction: 'received' });
      expect(await app.ask(getConnection, { connection_id: request.id }, ada.context)).toMatchObject({
        status: 'accepted',
      });
      const ids = { connection_id: request.id, requester_id: ada.user.id, receiver_id: ben.user.id };
      expect(await app.told(ConnectionRequestedV1, request.id)).toEqual([ids]);
      expect(await app.told(ConnectionAcceptedV1, request.id)).toEqual([{ ...ids, accepted_by: ben.user.id }]);
      await answer(ben, request.id, 'accepted');
      expect(await app.told(ConnectionAcceptedV1, request.id)).toHaveLength(1);
    });

    it('are there at once when both ask, also in the same moment, and told once', async () => {
      const [one, other] = await Promise.all([ask(ada, ben), ask(ben, ada)]);
      expect(one.id).toBe(other.id);
      expect([one.status, other.status].sort()).toEqual(['accepted', 'pending']);
      expect(await app.ask(getConnection, { connection_id: one.id }, ada.context)).toMatchObject({
        status: 'accepted',
      });
      expect(await app.told(ConnectionAcceptedV1, one.id)).toHaveLength(1);
      expect(await app.told(ConnectionRequestedV1, one.id)).toHaveLength(1);
    });

    it('asked for ten times at once are asked for once', async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => ask(ada, ben)));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'ALREADY_EXISTS' });
      }
      expect((await list(ben)).total).toBe(1);
    });

    it('asked for with one idempotency key are asked for once, and answered the same', async () => {
      const context = { ...ada.context, idempotencyKey: newId() };
      const request = { receiver_id: ben.user.id };
      const first = await app.ask(requestConnection, request, context);
      expect(await app.ask(requestConnection, request, context)).toEqual(first);
    });

    it('are asked for by slug as well, and by an id in capitals', async () => {
      const { slug } = await app.ask(getPublicProfileSettings, {}, ben.context);
      const { id } = await app.ask(requestConnection, { slug: slug ?? '' }, ada.context);
      expect(
        await failureOf(app.ask(requestConnection, { receiver_id: ben.user.id.toUpperCase() }, ada.context)),
      ).toMatchObject({ code: 'ALREADY_EXISTS', extra: { connection_id: id } });
    });

    it.each([
      ['nobody', () => ({})],
      ['two people', () => ({ receiver_id: ben.user.id, slug: 'x' })],
      ['oneself', () => ({ receiver_id: ada.user.id })],
      ['oneself in capitals', () => ({ receiver_id: ada.user.id.toUpperCase() })],
    ])('cannot be asked of %s', async (_what, request) => {
      expect(await failureOf(app.ask(requestConnection, request(), ada.context))).toMatchObject({
        kind: 'invalid',
        details: [{ field: 'receiver_id' }],
      });
    });

    it('cannot be asked of somebody without a page, who looks like nobody', async () => {
      const carl = await app.register();
      const unknown = await failureOf(app.ask(requestConnection, { receiver_id: newId() }, ada.context));
      expect(unknown).toMatchObject(NOT_FOUND);
      expect(shapeOf(await failureOf(ask(ada, carl)))).toEqual(shapeOf(unknown));
    });

    it('rejected cannot be asked again for 30 days, whatever the requester tries; the other one may ask', async () => {
      const { id } = await ask(ada, ben);
      expect(await answer(ben, id, 'rejected')).toMatchObject({ status: 'rejected', can_ask_again_at: null });
      const seen = await app.ask(getConnection, { connection_id: id }, ada.context);
      expect(seen.can_ask_again_at).toBe(new Date(app.clock.now().getTime() + 30 * DAY).toISOString());
      expect(await failureOf(ask(ada, ben))).toMatchObject({
        code: 'CONFLICT',
        extra: { can_ask_again_at: expect.anything() },
      });
      await remove(ada, id);
      expect((await list(ada)).total).toBe(0);
      expect(await failureOf(ask(ada, ben))).toMatchObject({ code: 'CONFLICT' });
      const blocked = await app.ask(requestConnection, { receiver_id: ben.user.id, status: 'blocked' }, ada.context);
      await remove(ada, blocked.id);
      expect(await failureOf(ask(ada, ben))).toMatchObject({ code: 'CONFLICT' });
      app.clock.advance(30 * DAY);
      await expect(ask(ada, ben)).resolves.toMatchObject({ status: 'pending' });
    });

    it.each([
      ['accept what one asked oneself', 'accepted', () => ada],
      ['reject what one asked oneself', 'rejected', () => ada],
    ] as const)('are not answered by the wrong side: %s', async (_what, status, who) => {
      const { id } = await ask(ada, ben);
      expect(await failureOf(answer(who(), id, status))).toMatchObject({
        code: 'ILLEGAL_TRANSITION',
        extra: { legal_transitions: ['blocked'] },
      });
    });

    it('of other people are neither found, nor answered, nor ended', async () => {
      const { id } = await ask(ada, ben);
      const carl = await person('Carl Curious');
      for (const attempt of [
        () => app.ask(getConnection, { connection_id: id }, carl.context),
        () => answer(carl, id, 'accepted'),
        () => answer(carl, id, 'blocked'),
        () => remove(carl, id),
        () => answer(ada, newId(), 'accepted'),
      ]) {
        expect(await failureOf(attempt())).toMatchObject(NOT_FOUND);
      }
      expect((await list(carl)).connections).toEqual([]);
      expect(await app.ask(getConnection, { connection_id: id }, ben.context)).toMatchObject({ status: 'pending' });
    });

    it('need a verified address to be asked for and to be accepted, not to be sent away', async () => {
      const unverified = (who: SignedIn) =>
        app.db.admin('UPDATE identity.account SET email_verified_at = NULL WHERE id = $1', [who.user.id]);
      const { id } = await ask(ada, ben);
      await unverified(ben);
      const refused = { kind: 'forbidden', code: 'EMAIL_NOT_VERIFIED' };
      expect(await failureOf(answer(ben, id, 'accepted'))).toMatchObject(refused);
      expect(await failureOf(ask(ben, await person('Carl')))).toMatchObject(refused);
      // The claim in a token is not asked: it may be older than the address.
      const context = { ...ben.context, caller: { ...ben.context.caller, email_verified: true } };
      expect(await failureOf(app.ask(requestConnection, { receiver_id: ada.user.id }, context))).toMatchObject(refused);
      await expect(answer(ben, id, 'rejected')).resolves.toMatchObject({ status: 'rejected' });
    });

    it('cannot be asked of more than so many people a day', async () => {
      const crowd = await Promise.all(Array.from({ length: 6 }, (_, i) => person(`Crowd ${i}`)));
      for (const one of crowd.slice(0, 5)) await remove(ada, (await ask(ada, one)).id);
      const [, , , , , sixth = ben] = crowd;
      expect(await failureOf(ask(ada, sixth))).toMatchObject({ code: 'RATE_LIMITED', kind: 'rate-limited' });
      app.clock.advance(DAY + 3_600_000);
      await expect(ask(ada, sixth)).resolves.toMatchObject({ status: 'pending' });
    });

    it('are listed newest first and by cursor, those with blocked accounts are not', async () => {
      const crowd = [];
      for (let i = 0; i < 4; i += 1) {
        const one = await person(`Guest ${i}`);
        await ask(one, ada);
        crowd.push(one);
      }
      await app.db.admin('UPDATE identity.account SET blocked_at = now() WHERE id = $1', [crowd[1]?.user.id]);
      const first = await list(ada, { per_page: 2 });
      const second = await list(ada, { per_page: 2, cursor: first.next_cursor ?? '' });
      const names = [...first.connections, ...second.connections].map((connection) => connection.person.full_name);
      expect(names).toEqual(['Guest 3', 'Guest 2', 'Guest 0']);
      expect(first.total).toBe(3);
    });
  });

  describe('somebody who is blocked', () => {
    it('finds nobody, and hears the same as about somebody who is not there', async () => {
      await app.ask(updatePublicProfileSettings, { is_listed: true }, ada.context);
      const { slug } = await app.ask(getPublicProfileSettings, {}, ada.context);
      const id = await connect(ben, ada);
      await answer(ada, id, 'blocked');

      const nobody = newId();
      const pairs: [Promise<unknown>, Promise<unknown>][] = [
        [show(ben, ada), app.ask(showProfileById, { user_id: nobody }, ben.context)],
        [
          app.ask(showProfileBySlug, { slug: slug ?? '' }, ben.context),
          app.ask(showProfileBySlug, { slug: slugs() }, ben.context),
        ],
        [ask(ben, ada), app.ask(requestConnection, { receiver_id: nobody }, ben.context)],
        [
          app.ask(requestConnection, { slug: slug ?? '', status: 'blocked' }, ben.context),
          app.ask(requestConnection, { slug: slugs(), status: 'blocked' }, ben.context),
        ],
        [
          app.ask(getConnection, { connection_id: id }, ben.context),
          app.ask(getConnection, { connection_id: nobody }, ben.context),
        ],
        [answer(ben, id, 'accepted'), answer(ben, nobody, 'accepted')],
        [answer(ben, id, 'blocked'), answer(ben, nobody, 'blocked')],
        [remove(ben, id), remove(ben, nobody)],
      ];
      for (const [blocked, unknown] of pairs) {
        expect(shapeOf(await failureOf(blocked))).toEqual(shapeOf(await failureOf(unknown)));
      }
      expect((await list(ben)).total).toBe(0);
      expect(
        (await app.ask(searchProfiles, { q: 'Ada Lovelace' }, ben.context)).profiles.map((one) => one.id),
      ).not.toContain(ada.user.id);
    });

    it('is in the list of whoever blocked him, who alone can undo it, and then both are strangers', async () => {
      const id = await connect(ben, ada);
      await answer(ada, id, 'blocked');
      expect((await list(ada, { status: 'blocked' })).connections).toMatchObject([{ id, person: { id: ben.user.id } }]);
      expect(await failureOf(ask(ada, ben))).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
      expect(await show(ada, ben)).toMatchObject({ connection: { status: 'blocked' } });
      await remove(ada, id);
      expect((await list(ada)).total).toBe(0);
      expect(await show(ben, ada)).toMatchObject({ connection: null });
      await expect(ask(ben, ada)).resolves.toMatchObject({ status: 'pending' });
    });

    it('was perhaps never met: strangers can be blocked, too', async () => {
      const blocked = await app.ask(requestConnection, { receiver_id: ben.user.id, status: 'blocked' }, ada.context);
      expect(blocked).toMatchObject({ status: 'blocked', direction: 'sent' });
      expect(await failureOf(ask(ben, ada))).toMatchObject(NOT_FOUND);
      expect((await list(ben)).total).toBe(0);
      expect(await app.told(ConnectionRequestedV1, blocked.id)).toEqual([]);
    });

    it('sees no more of a connection than what anybody sees', async () => {
      await app.ask(updateProfile, { headline: 'Only for friends' }, ada.context);
      await app.ask(updatePublicProfileSettings, { visibility: { about: 'connections' } }, ada.context);
      const id = await connect(ben, ada);
      expect(await show(ben, ada)).toMatchObject({ headline: 'Only for friends' });
      await answer(ada, id, 'blocked');
      expect(await show(undefined, ada)).toMatchObject({ headline: null });
      expect(await failureOf(show(ben, ada))).toMatchObject(NOT_FOUND);
    });
  });

  const shapeOf = (reason: unknown): unknown => {
    if (!(reason instanceof AppError)) throw new Error(`not an AppError: ${String(reason)}`);
    return reason.toShape();
  };
});
