import {
  answerConnection,
  type Caller,
  listConnections,
  removeConnection,
  requestConnection,
  showProfileById,
  type Static,
  updatePublicProfileSettings,
} from '#contracts';
import type { IdentityApp, SignedIn } from './identity-app.js';

/** Public: a word each, to be searched for. */
export const slugs = (() => {
  let last = 0;
  return () => `person-${Date.now().toString(36)}-${(last += 1)}`;
})();

/** What people do with each other, on the app of a suite. */
export function peopleOf(app: () => IdentityApp) {
  /** Verified, with a page. */
  async function person(full_name: string, page: Static<typeof updatePublicProfileSettings.request> = {}) {
    const somebody = await app().register({ full_name });
    await app().db.admin('UPDATE identity.account SET email_verified_at = now() WHERE id = $1', [somebody.user.id]);
    await app().ask(updatePublicProfileSettings, { slug: slugs(), ...page }, somebody.context);
    return somebody;
  }
  const ask = (from: SignedIn, to: SignedIn) => app().ask(requestConnection, { receiver_id: to.user.id }, from.context);
  const answer = (who: SignedIn, id: string, status: 'accepted' | 'rejected' | 'blocked') =>
    app().ask(answerConnection, { connection_id: id, status }, who.context);
  const remove = (who: SignedIn, id: string) => app().ask(removeConnection, { connection_id: id }, who.context);
  const list = (who: SignedIn, query: Static<typeof listConnections.request> = {}) =>
    app().ask(listConnections, query, who.context);
  const show = (who: { context: { caller?: Caller } } | undefined, whom: SignedIn) =>
    app().ask(showProfileById, { user_id: whom.user.id }, who?.context ?? {});
  async function connect(one: SignedIn, other: SignedIn): Promise<string> {
    const { id } = await ask(one, other);
    await answer(other, id, 'accepted');
    return id;
  }
  return { person, ask, answer, remove, list, show, connect };
}
