import { errorCode } from '../errors/error-facts.js';
import type { OutboundOutcome } from './outcome.js';

type Answer = Pick<Extract<OutboundOutcome, { kind: 'ok' }>, 'body' | 'charset'>;

/** The body as text in its stated charset; a charset nobody knows is read as UTF-8. */
export function textOf({ body, charset }: Answer): string {
  return decoder(charset ?? 'utf-8').decode(body);
}

function decoder(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch (error) {
    if (errorCode(error) === 'ERR_ENCODING_NOT_SUPPORTED') return new TextDecoder('utf-8');
    throw error;
  }
}

/** The body as JSON; undefined (which JSON cannot say) where it is not. Still to be checked against a schema. */
export function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(textOf(answer)) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
