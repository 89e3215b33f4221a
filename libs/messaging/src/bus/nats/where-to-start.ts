import type { Rewind } from '../bus.port.js';

export interface DurablePosition {
  /** The last position it handed out. */
  delivered: number;
  /** Everything up to here is settled. */
  ackFloor: number;
  /** The rewind it has followed. */
  generation: number;
}

export interface StreamPosition {
  last: number;
  rewind: Rewind;
}

/**
 * A durable that is found ahead of its stream was noticed late: some of the positions it is ahead of may be taken
 * again by now. As many as can be in the moments until it is looked at; what is read twice the inbox knows.
 */
const TAKEN_MEANWHILE = 1000;

/**
 * Where a durable on an event stream must be made anew to miss nothing, or undefined when it may go on from where it is.
 * Never beyond its ack floor: what is below a rewind and was not settled yet is still to come.
 */
export function whereToStart(durable: DurablePosition, stream: StreamPosition): number | undefined {
  const { rewind, last } = stream;
  const isSentBack = durable.generation !== rewind.generation && durable.delivered >= rewind.from;
  const isAhead = durable.delivered > last;
  if (!isSentBack && !isAhead) return undefined;
  const bounds = [durable.ackFloor + 1];
  if (isSentBack) bounds.push(rewind.from);
  if (isAhead) bounds.push(last - TAKEN_MEANWHILE);
  return Math.max(1, Math.min(...bounds));
}
