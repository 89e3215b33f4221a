import type { ConnectionStatus } from '#contracts';

/** How two people stand to each other. `none` is also what is left when a connection ends: rejections are remembered. */
export type PairStatus = 'none' | ConnectionStatus;

export interface Pair {
  status: PairStatus;
  /** Who asked last; who blocked, where nobody ever asked. */
  requester: string | null;
  blockedBy: string | null;
  rejectedBy: string | null;
  rejectedAt: Date | null;
}

export const STRANGERS: Pair = {
  status: 'none',
  requester: null,
  blockedBy: null,
  rejectedBy: null,
  rejectedAt: null,
};

export const ACTIONS = ['ask', 'accept', 'reject', 'block', 'remove'] as const;
export type Action = (typeof ACTIONS)[number];

export type Outcome =
  | { kind: 'done'; pair: Pair; told: 'requested' | 'accepted' | null }
  /** There is nothing for this person: no connection, or he is blocked, which looks the same. */
  | { kind: 'unseen' }
  | { kind: 'exists' }
  | { kind: 'too-early'; until: Date }
  | { kind: 'illegal' };

/** What the pair looks like to one of the two: whoever is blocked sees strangers. */
export const seenBy = (pair: Pair, person: string): PairStatus =>
  pair.status === 'blocked' && pair.blockedBy !== person ? 'none' : pair.status;

/** When somebody who was rejected may ask again; null when nothing holds him back. */
export function mayAskAgainAt(pair: Pair, person: string, coolDownMs: number): Date | null {
  if (pair.rejectedAt === null || pair.rejectedBy === null || pair.rejectedBy === person) return null;
  return new Date(pair.rejectedAt.getTime() + coolDownMs);
}

/** What becomes of a pair when one of the two does something. */
export function act(pair: Pair, actor: string, action: Action, now: Date, coolDownMs: number): Outcome {
  if (pair.status === 'blocked') return ofBlocked(pair, actor, action);
  if (action === 'block') {
    return done({ ...pair, status: 'blocked', blockedBy: actor, requester: pair.requester ?? actor });
  }
  const ask = (): Outcome => {
    const until = mayAskAgainAt(pair, actor, coolDownMs);
    if (until !== null && now < until) return { kind: 'too-early', until };
    return done({ ...STRANGERS, status: 'pending', requester: actor }, 'requested');
  };
  const asked = pair.requester !== actor;
  switch (pair.status) {
    case 'none':
      return action === 'ask' ? ask() : { kind: 'unseen' };
    case 'pending':
      // Two who ask each other agree.
      if (action === 'ask') return asked ? accepted(pair) : { kind: 'exists' };
      if (action === 'accept') return asked ? accepted(pair) : { kind: 'illegal' };
      if (action === 'reject') return asked ? rejected(pair, actor, now) : { kind: 'illegal' };
      // Taking a request away is no rejection; sending it away unanswered is one.
      return asked ? rejected(pair, actor, now) : done({ ...pair, status: 'none' });
    case 'accepted':
      if (action === 'ask') return { kind: 'exists' };
      if (action === 'accept') return done(pair);
      return action === 'remove' ? done({ ...pair, status: 'none' }) : { kind: 'illegal' };
    case 'rejected':
      if (action === 'ask') return ask();
      if (action === 'reject' && pair.rejectedBy === actor) return done(pair);
      // Out of the lists; the rejection itself is remembered.
      return action === 'remove' ? done({ ...pair, status: 'none' }) : { kind: 'illegal' };
  }
}

function ofBlocked(pair: Pair, actor: string, action: Action): Outcome {
  if (pair.blockedBy !== actor) return { kind: 'unseen' };
  if (action === 'block') return done(pair);
  // Unblocking makes strangers: what was before is not there again.
  return action === 'remove' ? done({ ...pair, status: 'none', blockedBy: null }) : { kind: 'illegal' };
}

const done = (pair: Pair, told: 'requested' | 'accepted' | null = null): Outcome => ({ kind: 'done', pair, told });
const accepted = (pair: Pair): Outcome =>
  done({ ...STRANGERS, status: 'accepted', requester: pair.requester }, 'accepted');
const rejected = (pair: Pair, by: string, at: Date): Outcome =>
  done({ ...pair, status: 'rejected', rejectedBy: by, rejectedAt: at });

/** Statuses the actor may give the pair now, for the refusal of another. */
export function legalAnswers(pair: Pair, actor: string): ('accepted' | 'rejected' | 'blocked')[] {
  const answers = { accepted: 'accept', rejected: 'reject', blocked: 'block' } as const;
  return (['accepted', 'rejected', 'blocked'] as const).filter((status) => {
    const outcome = act(pair, actor, answers[status], new Date(0), 0);
    return outcome.kind === 'done' && outcome.pair.status !== pair.status;
  });
}
