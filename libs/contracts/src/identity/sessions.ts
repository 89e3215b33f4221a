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

export const MfaToken = () =>
  Type.String({ minLength: 1, maxLength: 200, examples: ['ccst_Jw5bW0n3Q8rT2yV6xZ1aC4dE7fG9hK0mN3pR5sU8wX4'] });

export const MFA_METHODS = ['totp', 'recovery_code'] as const;

/** What every way in answers instead of tokens where the account has a second factor. */
export const MfaRequired = Closed({
  mfa_required: Type.Literal(true),
  mfa_token: MfaToken(),
  methods: Type.Array(StringEnum(MFA_METHODS), { description: 'What POST /auth/mfa/verify takes.' }),
  expires_in: Type.Integer({ minimum: 1, description: 'Seconds in which the second step must be taken.' }),
});
export type MfaRequired = Static<typeof MfaRequired>;

export const SignInAnswer = Type.Union([TokenPair, MfaRequired]);
export type SignInAnswer = Static<typeof SignInAnswer>;

export const SignInRequest = Closed({ email: Email(), password: Password() });
export type SignInRequest = Static<typeof SignInRequest>;

/** Never stored for idempotency: its answer is a secret. */
export const signIn = defineRpc('identity', 'session.sign-in', {
  caller: 'none',
  request: SignInRequest,
  response: SignInAnswer,
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
