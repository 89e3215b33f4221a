import { Closed, compileSchema, type Envelope, type EventContract, type CommandContract, Type, Uuid } from '#contracts';
import { AppError } from '#kernel';
import { parseJson, textOf } from '../rpc/wire.js';

const schema = compileSchema(
  Closed({
    id: Uuid(),
    type: Type.String({ minLength: 1 }),
    source: Type.String(),
    subject: Type.String(),
    time: Type.String(),
    data: Type.Unknown(),
  }),
);

/** Throws a permanent error: a message that cannot be read today cannot be read in a minute. */
export function readEnvelope(payload: Uint8Array): Envelope {
  const value = parseJson(textOf(payload));
  const problems = schema.problemsIgnoringUnknown(value, 'envelope');
  if (problems.length === 0) return value as Envelope;
  throw new AppError({
    code: 'MESSAGE_MALFORMED',
    kind: 'malformed',
    message: 'The message is no event or command envelope.',
    details: problems,
  });
}

/** A newer writer may have added members; anything else that differs from the contract is permanent. */
export function assertData(contract: EventContract | CommandContract, envelope: Envelope): void {
  const problems = compileSchema(contract.data).problemsIgnoringUnknown(envelope.data);
  if (problems.length === 0) return;
  const list = problems.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new AppError({
    code: 'MESSAGE_INVALID',
    kind: 'invalid',
    message: `The data does not fit ${contract.type}: ${list}`,
    details: problems,
  });
}
