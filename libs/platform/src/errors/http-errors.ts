import { ERROR_CODES, type ErrorCode, isErrorCode } from '#contracts';
import { type AppError, type ErrorKind, type FieldProblem, toAppError } from '#kernel';

/** The one place where a kind of error becomes an HTTP status, and what code it has without a better one. */
export const HTTP_OF_KIND: Readonly<Record<ErrorKind, { status: number; code: ErrorCode }>> = {
  malformed: { status: 400, code: 'MALFORMED_REQUEST' },
  invalid: { status: 422, code: 'VALIDATION_ERROR' },
  unauthenticated: { status: 401, code: 'UNAUTHENTICATED' },
  forbidden: { status: 403, code: 'FORBIDDEN' },
  'not-found': { status: 404, code: 'NOT_FOUND' },
  conflict: { status: 409, code: 'CONFLICT' },
  'too-large': { status: 413, code: 'PAYLOAD_TOO_LARGE' },
  'unsupported-media': { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  'rate-limited': { status: 429, code: 'RATE_LIMITED' },
  unavailable: { status: 503, code: 'SERVICE_UNAVAILABLE' },
  timeout: { status: 504, code: 'GATEWAY_TIMEOUT' },
  upstream: { status: 502, code: 'BAD_GATEWAY' },
  internal: { status: 500, code: 'INTERNAL_ERROR' },
};

export interface PublicErrorBody {
  error: {
    code: ErrorCode;
    message: string;
    details: FieldProblem[];
    request_id: string;
    [extra: string]: unknown;
  };
}

/** RFC 9457. */
export interface ProblemBody {
  /** Where the code is explained. */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  errors: FieldProblem[];
  request_id: string;
  [extra: string]: unknown;
}

/** Only codes of the closed list leave the house; one that is not on it becomes that of its kind. */
function publicCode(error: AppError): ErrorCode {
  return isErrorCode(error.code) ? error.code : HTTP_OF_KIND[error.kind].code;
}

/** A code with a status of its own (405, 406) wins over its kind. */
export function statusOf(thrown: unknown): number {
  return ERROR_CODES[publicCode(toAppError(thrown))].status;
}

export function publicErrorBody(thrown: unknown, requestId: string): PublicErrorBody {
  const error = toAppError(thrown);
  return {
    error: {
      ...error.extra,
      code: publicCode(error),
      message: publicMessage(error),
      details: error.kind === 'internal' ? [] : (error.details ?? []),
      request_id: requestId,
    },
  };
}

export function problemBody(thrown: unknown, requestId: string, docsBase = '/docs/errors'): ProblemBody {
  const error = toAppError(thrown);
  const { code, message, details, request_id, ...extra } = publicErrorBody(error, requestId).error;
  return {
    ...extra,
    type: errorDocUrl(code, docsBase),
    title: ERROR_CODES[code].cause,
    status: statusOf(error),
    detail: message,
    code,
    errors: details,
    request_id,
  };
}

export const errorDocUrl = (code: string, docsBase = '/docs/errors'): string => `${docsBase}#${code.toLowerCase()}`;

/** Whole seconds for `Retry-After`; undefined where repeating makes no sense. */
export function retryAfterSeconds(thrown: unknown): number | undefined {
  const error = toAppError(thrown);
  if (!error.retryable) return undefined;
  return Math.max(1, Math.ceil((error.retryAfterMs ?? 1000) / 1000));
}

/** The text of an internal error stays inside, whoever made it. */
const publicMessage = (error: AppError): string =>
  error.kind === 'internal' ? 'Something went wrong on our side.' : error.message;
