import { dailyUseRetention, type Retention, type Sweep } from '#persistence';
import type { IdentityOwnSettings } from './config.js';
import { SLUG_REST_MS } from './public-profile/public-profile-settings.service.js';
import { THROTTLE_WINDOW_MS } from './sign-in/domain/throttle.js';

const DAY = 86_400_000;

type Periods = Pick<IdentityOwnSettings, 'SESSIONS_KEPT' | 'AUDIT_KEPT' | 'REFRESH_TOKEN_TTL'>;

/** Of what is good until a moment it carries. */
const expired: Sweep = { since: 'expires_at', event: 'it expired', keptMs: 0 };

export const identityRetention = ({ SESSIONS_KEPT, AUDIT_KEPT, REFRESH_TOKEN_TTL }: Periods): Retention => ({
  account: { purpose: 'signing in and reaching the person', until: 'erasure' },
  session: {
    purpose: 'staying signed in; knowing devices and places somebody signed in from',
    until: 'sweep',
    sweeps: [
      { since: 'revoked_at', event: 'it was ended', keptMs: SESSIONS_KEPT, setting: 'SESSIONS_KEPT' },
      {
        since: 'last_seen_at',
        // Its last refresh token has expired that long ago, at least.
        event: 'it was last used (`SESSIONS_KEPT` and `REFRESH_TOKEN_TTL`)',
        keptMs: SESSIONS_KEPT + REFRESH_TOKEN_TTL,
        where: 'revoked_at IS NULL',
      },
    ],
  },
  refresh_token: {
    purpose: 'hashes of tokens; a second use gives a thief away. Expired ones of a session go at its next refresh',
    until: { parent: 'session' },
  },
  signing_key: {
    purpose: 'signing access tokens',
    until: 'sweep',
    sweeps: [{ since: 'retires_at', event: 'the last token it signed expired', keptMs: 0 }],
  },
  sign_in_throttle: {
    purpose: 'keyed hashes of addresses that failed to sign in within an hour',
    until: 'sweep',
    sweeps: [{ since: 'updated_at', event: 'the last try', keptMs: THROTTLE_WINDOW_MS }],
  },
  mail_token: { purpose: 'hashes of the tokens in letters', until: 'sweep', sweeps: [expired] },
  sign_in_code: { purpose: 'keyed hashes of codes sent by mail', until: 'sweep', sweeps: [expired] },
  external_flow: { purpose: 'a sign-in with a provider on its way', until: 'sweep', sweeps: [expired] },
  pending_step: { purpose: 'a sign-in that waits for one more step', until: 'sweep', sweeps: [expired] },
  passkey_challenge: { purpose: 'what a passkey is to sign', until: 'sweep', sweeps: [expired] },
  external_identity: { purpose: 'signing in with a provider', until: 'erasure' },
  totp_factor: {
    purpose: 'the secret of an authenticator',
    until: 'erasure',
    sweeps: [
      { since: 'created_at', event: 'it was begun and not confirmed', keptMs: DAY, where: 'enabled_at IS NULL' },
    ],
  },
  recovery_code: { purpose: 'getting in without the authenticator; new ones replace them', until: 'erasure' },
  passkey: { purpose: 'signing in with a device', until: 'erasure' },
  employer_company: { purpose: 'companies an employer may speak for', until: 'erasure' },
  api_key: { purpose: 'what programs of the person may do', until: 'erasure' },
  profile: { purpose: 'what the person says about himself', until: 'erasure' },
  skill: { purpose: 'the same', until: 'erasure' },
  achievement: { purpose: 'the same', until: 'erasure' },
  goal: { purpose: 'goals of the person', until: 'erasure' },
  goal_progress: { purpose: 'steps towards a goal', until: { parent: 'goal' } },
  avatar: { purpose: 'the picture; its files go with it', until: 'erasure' },
  public_profile: { purpose: 'what others may see', until: 'erasure' },
  released_slug: {
    purpose: 'keeping others from taking an address that still leads to somebody',
    until: 'sweep',
    sweeps: [{ since: 'released_at', event: 'it was given up', keptMs: SLUG_REST_MS }],
  },
  connection: { purpose: 'who somebody is to others, rejections and blocks among it', until: 'erasure' },
  message: { purpose: 'conversations; each ends with either of its two', until: 'erasure' },
  audit_log: {
    purpose: 'the security history of a person, and of tries that were nobody',
    // Not by a sweep: what goes is cut off at a sealed place, so that the rest still verifies.
    until: { code: 'audit/audit.schedule.ts', after: `${AUDIT_KEPT / DAY} days (\`AUDIT_KEPT\`)` },
  },
  audit_head: {
    purpose: 'how far each history goes, under a keyed hash of the person',
    until: { code: 'audit/audit-seal.service.ts', after: 'the erasure of the person' },
  },
  audit_seal: {
    purpose: 'one row: the seal over all histories',
    until: { never: 'it is what they are verified with' },
  },
  daily_use: dailyUseRetention,
  erasure: {
    purpose: 'proof that the law was kept: times, ids and counts, nothing of the person',
    until: 'sweep',
    sweeps: [
      {
        since: 'coalesce(completed_at, requested_at)',
        event: 'it was completed, or asked for and undone',
        keptMs: 3 * 365 * DAY,
        where: `status IN ('completed', 'undone')`,
      },
    ],
  },
  erasure_answer: { purpose: 'what each service erased', until: { parent: 'erasure' } },
  data_export: {
    purpose: 'that somebody asked for his data; the file itself goes after `EXPORT_LINK_LIFETIME`',
    until: 'sweep',
    sweeps: [
      {
        since: 'requested_at',
        event: 'it was asked for, once the file is gone',
        keptMs: 90 * DAY,
        where: `status IN ('expired', 'failed')`,
      },
    ],
  },
  data_export_answer: { purpose: 'how far an export has come', until: { parent: 'data_export' } },
});
