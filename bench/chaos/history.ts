/** `unknown`: no answer, or one that does not say whether it happened. */
export type Outcome = 'ok' | 'failed' | 'unknown';

interface Common {
  client: number;
  userId: string;
  outcome: Outcome;
  /** Requests sent for it, the first included. */
  tries: number;
  /** What it was answered when it failed. */
  reason?: string;
}

export type Operation = Common &
  (
    | { kind: 'create'; key: string; postingId: string; applicationId?: string }
    /** A status change that was asked for under the version that was read. */
    | { kind: 'move'; applicationId: string; toVersion: number; status: string }
    | { kind: 'bookmark'; postingId: string; kept: boolean }
    | { kind: 'letter'; key: string; generationId?: string }
    | { kind: 'profile'; version: number; years: number }
  );

/** What the clients did and what they were told. */
export class History {
  readonly operations: Operation[] = [];
  /** A key was answered twice, and not with the same bytes. */
  readonly differentAnswers: string[] = [];
  repeats = 0;

  add(operation: Operation): void {
    this.operations.push(operation);
  }

  count(outcome: Outcome): number {
    return this.operations.filter((operation) => operation.outcome === outcome).length;
  }
}
