/**
 * The one error type that may cross a process. `instanceof` stops working behind the bus, so everything a caller
 * needs to decide travels as plain data: a stable code, the kind (which fixes status and retry), safe details.
 */
export const ERROR_KINDS = [
  'malformed',
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'too-large',
  'unsupported-media',
  'rate-limited',
  'unavailable',
  'timeout',
  'upstream',
  'internal',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** One wrong field. `field` is the public (snake_case) path, e.g. `links.0.url`; `message` names the bound. */
export interface FieldProblem {
  field: string;
  message: string;
}

export interface AppErrorShape {
  /** Public code from the closed list, e.g. `VALIDATION_ERROR`, `APPLICATION_ALREADY_EXISTS`. */
  code: string;
  kind: ErrorKind;
  /** Safe to show to the caller. */
  message: string;
  details?: FieldProblem[];
  /** Whether the same request may succeed later without a change by the caller. */
  retryable: boolean;
  /** Hint for `Retry-After`, in milliseconds. */
  retryAfterMs?: number;
  /** Extra safe members of the public error body, e.g. `legal_transitions`. */
  extra?: Record<string, unknown>;
}

const RETRYABLE_KINDS: ReadonlySet<ErrorKind> = new Set(['rate-limited', 'unavailable', 'timeout', 'upstream']);

export class AppError extends Error implements AppErrorShape {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly details?: FieldProblem[];
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly extra?: Record<string, unknown>;

  constructor(shape: Omit<AppErrorShape, 'retryable'> & { retryable?: boolean; cause?: unknown }) {
    super(shape.message, shape.cause === undefined ? undefined : { cause: shape.cause });
    this.name = 'AppError';
    this.code = shape.code;
    this.kind = shape.kind;
    this.details = shape.details;
    this.retryable = shape.retryable ?? RETRYABLE_KINDS.has(shape.kind);
    this.retryAfterMs = shape.retryAfterMs;
    this.extra = shape.extra;
  }

  toShape(): AppErrorShape {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      details: this.details,
      retryable: this.retryable,
      retryAfterMs: this.retryAfterMs,
      extra: this.extra,
    };
  }

  static fromShape(shape: AppErrorShape): AppError {
    return new AppError(shape);
  }
}

/** Turns anything thrown into an AppError. What is not one becomes `internal`: its text stays in the log (as cause). */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError({
    code: 'INTERNAL_ERROR',
    kind: 'internal',
    message: 'Something went wrong on our side.',
    cause: thrown,
  });
}

export const invalid = (details: FieldProblem[], message = 'Some fields are not valid.'): AppError =>
  new AppError({ code: 'VALIDATION_ERROR', kind: 'invalid', message, details });

/** Also the answer for what belongs to somebody else: other people's data looks like it does not exist. */
export const notFound = (thing: string): AppError =>
  new AppError({ code: 'NOT_FOUND', kind: 'not-found', message: `${thing} was not found.` });

export const forbidden = (message = 'This is not allowed for your account.'): AppError =>
  new AppError({ code: 'FORBIDDEN', kind: 'forbidden', message });

export const unauthenticated = (message = 'Sign in first: send a valid access token.'): AppError =>
  new AppError({ code: 'UNAUTHENTICATED', kind: 'unauthenticated', message });

export const conflict = (code: string, message: string, extra?: Record<string, unknown>): AppError =>
  new AppError({ code, kind: 'conflict', message, extra });
