import { AppError } from '#kernel';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { codeOf, messageOf, textOf } from './error-code.js';

/**
 * A statement PostgreSQL refused. Carries the place of the problem and no values: the driver's own error holds
 * parameters and `Key (email)=(…)` details, which must not reach a log.
 */
export class DatabaseQueryError extends Error {
  readonly statement: string;
  /** SQLSTATE, see appendix A of the PostgreSQL manual. */
  readonly sqlState: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;

  constructor(statement: string, fields: PgFields) {
    super(describe(statement, fields));
    this.name = 'DatabaseQueryError';
    this.statement = statement;
    this.sqlState = fields.code;
    this.table = fields.table;
    this.column = fields.column;
    this.constraint = fields.constraint;
  }
}

interface PgFields {
  code: string;
  message: string;
  table?: string;
  column?: string;
  constraint?: string;
}

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const RETRYABLE_IN_A_NEW_TRANSACTION: ReadonlySet<string> = new Set(['40001', '40P01']);
/** Server going away, coming up, out of connections, or having closed an idle session; class 08 is added by prefix. */
const SERVER_GONE: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03', '57P05', '53300', '25P03']);
const DISK_FULL = '53100';
const CANCELLED = '57014';
const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** pg reports these without a code. */
const LOST_CONNECTION =
  /^(Connection terminated|Connection ended|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Query read timeout|Database connection lost)/;
/** Data errors quote the value ("invalid input syntax for type uuid: …"), integrity errors the row, raises anything. */
const QUOTES_VALUES = /^(22|23|P0)/;

/** Any error of the driver or TypeORM as AppError (`unavailable`, `timeout`) or DatabaseQueryError; others unchanged. */
export function toDatabaseError(statement: string, thrown: unknown): unknown {
  if (thrown instanceof AppError || thrown instanceof DatabaseQueryError) return thrown;
  if (thrown instanceof QueryRunnerAlreadyReleasedError) return unavailable(statement, 'connection lost');
  const error: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  const code = codeOf(error);
  const message = messageOf(error);
  if (code === undefined) return LOST_CONNECTION.test(message) ? unavailable(statement, message) : error;
  if (SOCKET_CODES.has(code) || SERVER_GONE.has(code) || code.startsWith('08')) return unavailable(statement, code);
  if (!/^[0-9A-Z]{5}$/.test(code)) return error;
  if (code === DISK_FULL) {
    return new AppError({
      code: 'STORAGE_FULL',
      kind: 'unavailable',
      message: 'The database has no space left; reading still works.',
      cause: reason(statement, code),
      retryAfterMs: 30_000,
    });
  }
  if (code === CANCELLED) {
    return new AppError({
      code: 'TIMEOUT',
      kind: 'timeout',
      message: 'The database took too long to answer.',
      cause: reason(statement, 'statement timeout'),
    });
  }
  return new DatabaseQueryError(statement, {
    code,
    message,
    table: textOf(error, 'table'),
    column: textOf(error, 'column'),
    constraint: textOf(error, 'constraint'),
  });
}

/** Whether the row exists already; with `constraint` only for that unique constraint or index. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  isViolation(error, UNIQUE_VIOLATION, constraint);

export const isForeignKeyViolation = (error: unknown, constraint?: string): boolean =>
  isViolation(error, FOREIGN_KEY_VIOLATION, constraint);

/** Deadlock or serialisation failure: the same work may succeed in a new transaction. */
export const isTransactionConflict = (error: unknown): boolean =>
  error instanceof DatabaseQueryError && RETRYABLE_IN_A_NEW_TRANSACTION.has(error.sqlState);

export function unavailable(statement: string, why: string): AppError {
  return new AppError({
    code: 'SERVICE_UNAVAILABLE',
    kind: 'unavailable',
    message: 'The database cannot be reached right now.',
    cause: reason(statement, why),
    retryAfterMs: 1000,
  });
}

function isViolation(error: unknown, sqlState: string, constraint: string | undefined): boolean {
  const known = toDatabaseError('unknown', error);
  return (
    known instanceof DatabaseQueryError &&
    known.sqlState === sqlState &&
    (constraint === undefined || known.constraint === constraint)
  );
}

const reason = (statement: string, why: string): Error => new Error(`${statement}: ${why}`);

function describe(statement: string, fields: PgFields): string {
  const place = [fields.table, fields.column, fields.constraint].filter((part) => part !== undefined).join('.');
  const said = QUOTES_VALUES.test(fields.code) ? '' : `: ${fields.message}`;
  return `${statement}: SQLSTATE ${fields.code}${place === '' ? '' : ` at ${place}`}${said}`;
}
