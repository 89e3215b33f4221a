import type { CommandContract, Envelope, EventContract, TSchema } from '#contracts';
import { newId, systemClock } from '#kernel';
import { injectTrace } from '#platform';
import { HEADER } from '../rpc/wire.js';

/** Which thing a message is about, and what caused it. */
export interface MessageFacts {
  /** Id of the thing (CloudEvents `subject`). */
  subject: string;
  requestId?: string;
  /** Id of the event or command that caused this one. */
  causationId?: string;
  /** Deterministic id for work that must be enqueued once (e.g. one slot of a schedule). */
  id?: string;
}

export interface Prepared {
  id: string;
  payload: string;
  headers: Record<string, string>;
}

/** Envelope and headers as they travel; the trace of what runs now goes along. */
export function prepareMessage<D extends TSchema>(
  source: string,
  contract: EventContract<D> | CommandContract<D>,
  data: unknown,
  facts: MessageFacts,
): Prepared {
  const envelope: Envelope = {
    id: facts.id ?? newId(),
    type: contract.type,
    source,
    subject: facts.subject,
    time: systemClock.now().toISOString(),
    data,
  };
  const headers = injectTrace();
  if (facts.requestId !== undefined) headers[HEADER.requestId] = facts.requestId;
  if (facts.causationId !== undefined) headers[HEADER.causationId] = facts.causationId;
  return { id: envelope.id, payload: JSON.stringify(envelope), headers };
}
