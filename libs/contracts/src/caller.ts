import { Closed, type Static, StringEnum, Type, Uuid } from './schema.js';

export const ROLES = ['user', 'employer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Who asks, as the gateway verified it. Travels in the header `cc-caller` of every request; services trust it because
 * only the gateway may publish `rpc.>`.
 */
export const Caller = Closed({
  user_id: Uuid(),
  roles: Type.Array(StringEnum(ROLES)),
  /** Empty for a signed-in session (which may do all its role may); the key's scopes for an API key. */
  scopes: Type.Array(Type.String()),
  session_id: Type.Optional(Uuid()),
  email_verified: Type.Optional(Type.Boolean()),
  /** Lacked the second factor that is demanded of him when his token was made, or his key looked up. */
  needs_factor: Type.Optional(Type.Boolean()),
});
export type Caller = Static<typeof Caller>;

/** Asks on behalf of the installation itself: the first ingestion, the command line. No account has this id. */
export const SYSTEM_CALLER: Caller = {
  user_id: '00000000-0000-7000-8000-000000000000',
  roles: ['admin'],
  scopes: [],
};
