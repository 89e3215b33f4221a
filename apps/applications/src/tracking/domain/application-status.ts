import { AppError } from '#kernel';
import type { APPLICATION_STATUS_INPUTS, APPLICATION_STATUSES } from '#contracts';

export type ApplicationStatus = (typeof APPLICATION_STATUSES)[number];

/**
 * The one table of allowed moves. `rejected` and `withdrawn` are reachable from every open status; a closed one is
 * left only by reopening, which is an act of its own and shows in the timeline.
 */
const TRANSITIONS: Readonly<Record<ApplicationStatus, readonly ApplicationStatus[]>> = {
  saved: ['applied', 'rejected', 'withdrawn'],
  applied: ['interviewing', 'offered', 'rejected', 'withdrawn'],
  interviewing: ['offered', 'rejected', 'withdrawn'],
  offered: ['accepted', 'declined', 'rejected', 'withdrawn'],
  accepted: [],
  declined: [],
  rejected: [],
  withdrawn: [],
};

export const legalTransitions = (from: ApplicationStatus): readonly ApplicationStatus[] => TRANSITIONS[from];
export const isOpen = (status: ApplicationStatus): boolean => TRANSITIONS[status].length > 0;

/** @throws AppError ILLEGAL_TRANSITION (409) naming the legal moves. */
export function assertTransition(from: ApplicationStatus, to: ApplicationStatus): void {
  const legal = TRANSITIONS[from];
  if (legal.includes(to)) return;
  const hint =
    legal.length > 0
      ? `From '${from}' it can move to: ${legal.join(', ')}.`
      : `'${from}' is final; reopen the application first.`;
  throw new AppError({
    code: 'ILLEGAL_TRANSITION',
    kind: 'conflict',
    message: `An application cannot move from '${from}' to '${to}'. ${hint}`,
    details: [{ field: 'status', message: hint }],
    extra: { legal_transitions: legal },
  });
}

/** Words of earlier systems and what they mean here. */
export function readStatus(input: (typeof APPLICATION_STATUS_INPUTS)[number]): {
  status: ApplicationStatus;
  note: string | null;
} {
  if (input === 'reviewing') return { status: 'applied', note: 'The employer is reviewing the application.' };
  if (input === 'interview') return { status: 'interviewing', note: null };
  return { status: input, note: null };
}
