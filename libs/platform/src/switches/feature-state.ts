import { createHash } from 'node:crypto';

/** `on`, `off`, for a share of the users, or for named users. */
export type FeatureState =
  { mode: 'on' } | { mode: 'off' } | { mode: 'rollout'; percent: number; users: readonly string[] };

/** `on | off | 25% | users:ID+ID | 25%+ID+ID`; undefined where the text is none of these. */
export function parseFeatureState(text: string): FeatureState | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'on' || word === 'true') return { mode: 'on' };
  if (word === 'off' || word === 'false') return { mode: 'off' };
  const match = /^(?:(\d{1,3}(?:\.\d+)?)%|users:)(.*)$/.exec(word);
  if (match === null) return undefined;
  const percent = match[1] === undefined ? 0 : Number(match[1]);
  const rest = match[2] ?? '';
  const users = rest.split('+').filter((id) => id !== '');
  const wellFormed =
    users.every((id) => /^[0-9a-f-]{36}$/.test(id)) && (match[1] === undefined || /^(\+|$)/.test(rest));
  if (percent > 100 || !wellFormed || (match[1] === undefined && users.length === 0)) return undefined;
  return { mode: 'rollout', percent, users };
}

export function formatFeatureState(state: FeatureState): string {
  if (state.mode !== 'rollout') return state.mode;
  const users = state.users.join('+');
  if (state.percent === 0) return `users:${users}`;
  return users === '' ? `${state.percent}%` : `${state.percent}%+${users}`;
}

/**
 * Whether the feature is on for this user. The same user always gets the same answer, raising the percentage only
 * adds users, and different features pick different users. Nobody signed in counts as outside of a rollout.
 */
export function isEnabledFor(feature: string, state: FeatureState, userId?: string): boolean {
  if (state.mode !== 'rollout') return state.mode === 'on';
  if (userId === undefined) return false;
  if (state.users.includes(userId.toLowerCase())) return true;
  const digest = createHash('sha256').update(`${feature}:${userId.toLowerCase()}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < state.percent / 100;
}
