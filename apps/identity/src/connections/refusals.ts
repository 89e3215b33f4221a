import { AppError, conflict, notFound } from '#kernel';
import type { ConnectionRow } from './connection.repository.js';
import { legalAnswers, type Outcome } from './domain/pair.js';

/** What the actor is told; somebody who is blocked hears what he would hear about somebody who is not there. */
export function refusalOf(
  outcome: Exclude<Outcome, { kind: 'done' }>,
  row: ConnectionRow,
  actor: string,
  thing: string,
): AppError {
  switch (outcome.kind) {
    case 'unseen':
      return notFound(thing);
    case 'exists':
      return conflict('ALREADY_EXISTS', `There is a connection already; it is ${row.status}.`, {
        connection_id: row.id,
        status: row.status,
      });
    case 'too-early': {
      const until = outcome.until.toISOString();
      return conflict('CONFLICT', `The request was rejected; it may be made again from ${until}.`, {
        can_ask_again_at: until,
      });
    }
    case 'illegal':
      return conflict('ILLEGAL_TRANSITION', `The connection is ${row.status}; this cannot be done with it now.`, {
        legal_transitions: legalAnswers(row, actor),
      });
  }
}

export const emailNotVerified = (): AppError =>
  new AppError({
    code: 'EMAIL_NOT_VERIFIED',
    kind: 'forbidden',
    message: 'Verify your e-mail address first: open the link in the mail, or ask for another one.',
  });
