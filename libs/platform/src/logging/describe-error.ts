import { AppError } from '#kernel';
import { isError } from '../errors/error-facts.js';
import { scrubText } from './redact.js';

export interface LoggedError {
  name: string;
  code?: string;
  kind?: string;
  message: string;
  stack?: string;
  /** Of database errors: names of things, never values. */
  constraint?: string;
  table?: string;
  cause?: LoggedError;
}

/**
 * What a log keeps of something thrown: code, text and stack. Not the details of an AppError, which quote what a
 * person typed, nor `detail` and `parameters` of a database error, which hold row values.
 */
export function describeError(thrown: unknown, depth = 0): LoggedError {
  if (!isError(thrown)) return { name: 'NotAnError', message: scrubText(String(thrown)) };
  const described: LoggedError = { name: thrown.name, message: scrubText(thrown.message) };
  if (thrown instanceof AppError) described.kind = thrown.kind;
  described.code = textMember(thrown, 'code');
  described.constraint = textMember(thrown, 'constraint');
  described.table = textMember(thrown, 'table');
  // What we answer on purpose needs no stack; what it was made from (the cause) does.
  const expected = thrown instanceof AppError && thrown.kind !== 'internal';
  if (!expected && thrown.stack !== undefined) described.stack = scrubText(thrown.stack);
  if (thrown.cause !== undefined && depth < 3) described.cause = describeError(thrown.cause, depth + 1);
  return described;
}

function textMember(error: Error, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' && value.length <= 200 ? value : undefined;
}
