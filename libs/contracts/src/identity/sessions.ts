import { defineRpc } from '../define.js';
import { Closed, Empty, Nullable, Page, PageQuery, type Static, StringEnum, Timestamp, Type, Uuid } from '../schema.js';
import { Email, Password } from './accounts.js';

export const TokenPair = Closed({
  access_token: Type.String(),
  refresh_token: Type.String(),
  token_type: StringEnum(['bearer']),
  expires_in: Type.Integer({ minimum: 1, description: 'Seconds the access token is still valid.' }),
});
export type TokenPair = Static<typeof TokenPair>;

export const SignInRequest = Closed({ email: Email(), password: Password() });
export type SignInRequest = Static<typeof SignInRequest>;

/** Never stored for idempotency: its answer is a secret. */
export const signIn = defineRpc('identity', 'session.sign-in', {
  caller: 'none',
  request: SignInRequest,
  response: TokenPair,
});

export const RefreshToken = () => Type.String({ minLength: 1, maxLength: 512 });
export const refreshSession = defineRpc('identity', 'session.refresh', {
  caller: 'none',
  request: Closed({ refresh_token: RefreshToken() }),
  response: TokenPair,
});

export const signOut = defineRpc('identity', 'session.sign-out', {
  request: Closed({ all: Type.Optional(Type.Boolean()) }),
  response: Closed({ status: StringEnum(['signed_out']), sessions_revoked: Type.Integer({ minimum: 0 }) }),
});

export const Session = Closed({
  id: Uuid(),
  current: Type.Boolean(),
  user_agent: Nullable(Type.String()),
  address: Nullable(Type.String()),
  created_at: Timestamp(),
  last_seen_at: Timestamp({ description: 'Last sign-in or token refresh.' }),
});
export type Session = Static<typeof Session>;

export const listSessions = defineRpc('identity', 'session.list', {
  request: Closed(PageQuery),
  response: Page('sessions', Session),
});

/** Ends one session of the caller; without an id all but the one he asks with. */
export const revokeSessions = defineRpc('identity', 'session.revoke', {
  request: Closed({ session_id: Type.Optional(Uuid()) }),
  response: Empty,
});
