/**
 * The closed list of public error codes. A code never changes its meaning; new ones are added at the end of their
 * group. `docs/errors.md` is generated from this list.
 */
export interface PublicError {
  status: number;
  /** Why it happens, in plain words. */
  cause: string;
  /** What the caller can do. */
  fix: string;
  /** The same request may succeed later without a change. */
  retryable: boolean;
}

const entry = (status: number, cause: string, fix: string, retryable = false): PublicError => ({
  status,
  cause,
  fix,
  retryable,
});

export const ERROR_CODES = {
  // The request itself
  MALFORMED_REQUEST: entry(
    400,
    'The request cannot be read: broken JSON, a wrong encoding, a header that makes no sense.',
    'Check that the body is valid JSON in UTF-8 and that Content-Type says so.',
  ),
  VALIDATION_ERROR: entry(
    422,
    'One or more fields are missing, unknown or out of their bounds.',
    'Look at `details`: every entry names a field and the bound it must keep.',
  ),
  METHOD_NOT_ALLOWED: entry(405, 'The path exists, but not with this method.', 'Use a method of the header `Allow`.'),
  NOT_ACCEPTABLE: entry(
    406,
    'The answer cannot be given in any of the media types asked for.',
    'Send `Accept: application/json`.',
  ),
  PAYLOAD_TOO_LARGE: entry(413, 'The body is larger than this route takes.', 'Send less; the message names the bound.'),
  UNSUPPORTED_MEDIA_TYPE: entry(
    415,
    'The body has a media type this route does not take.',
    'Send one of the media types of the route, mostly `application/json`.',
  ),
  NOT_FOUND: entry(
    404,
    'Nothing is there, or it belongs to somebody else.',
    'Check the id; list what is yours with the collection route.',
  ),
  RATE_LIMITED: entry(
    429,
    'Too many requests in the window of this route.',
    'Wait as long as `Retry-After` says; `X-RateLimit-*` show the window.',
    true,
  ),

  // Who asks
  UNAUTHENTICATED: entry(
    401,
    'No access token came along, or it is expired, revoked or not ours.',
    'Sign in, or refresh the access token, and send `Authorization: Bearer …`.',
  ),
  TOKEN_EXPIRED: entry(401, 'The access token has expired.', 'Get a new one with POST /auth/refresh.'),
  INVALID_CREDENTIALS: entry(401, 'E-mail address or password is wrong.', 'Check both, or reset the password.'),
  INVALID_REFRESH_TOKEN: entry(
    401,
    'The refresh token is unknown, expired, used before, or its session has ended.',
    'Sign in again. A token that comes twice ends its session, since one of the two senders may be a thief.',
  ),
  TOO_MANY_ATTEMPTS: entry(
    429,
    'Too many wrong passwords for this account or from this address.',
    'Wait as long as `Retry-After` says; the wait doubles with every further failure.',
    true,
  ),
  FORBIDDEN: entry(403, 'The account or the API key may not do this.', 'Use an account or key with the right to.'),
  INSUFFICIENT_SCOPE: entry(
    403,
    'The API key lacks the scope this route needs.',
    'Make a key with the scope the message names.',
  ),
  EMAIL_NOT_VERIFIED: entry(
    403,
    'The e-mail address of the account is not verified yet.',
    'Open the link in the mail, or ask for another.',
  ),
  ACCOUNT_DISABLED: entry(403, 'The account was disabled.', 'Ask the administrator of this installation.'),
  ERASURE_PENDING: entry(
    403,
    'The account is going to be erased, as its owner asked, and cannot be used until then.',
    'Undo it with POST /users/me/undo-erasure (address and password, or the token of the mail), then sign in.',
  ),
  REAUTHENTICATION_FAILED: entry(
    403,
    'What cannot be taken back needs the password or a fresh code again, and it was wrong.',
    'Repeat with the right password, or with a code from POST /auth/send-otp.',
  ),
  PASSWORD_CHANGE_REQUIRED: entry(
    403,
    'The generated one-time password works from the machine itself only, until it is changed.',
    'Sign in on that machine (localhost) and change it with PUT /users/me/password.',
  ),
  SECOND_FACTOR_REQUIRED: entry(
    403,
    'This installation demands a second factor of the account, and there is none, or it was to be taken away.',
    'Set an authenticator up: POST /auth/mfa/totp/setup, then /auth/mfa/totp/enable. The same token works from there on.',
  ),
  REGISTRATION_CLOSED: entry(
    403,
    'This installation belongs to one person and has no registration.',
    'Sign in as the owner, or ask him to run it for several people (SINGLE_USER=false).',
  ),
  INVALID_TOKEN: entry(
    422,
    'The token (of a mail, or of a step before) is unknown, has expired, or was used before.',
    'Ask for a new one; only the newest counts.',
  ),
  EXTERNAL_SIGN_IN_FAILED: entry(
    401,
    'Google, LinkedIn or another provider did not confirm who you are, the sign-in was cancelled, or it took too long.',
    'Start the sign-in again, in the browser it is to end in.',
  ),
  PASSKEY_REFUSED: entry(
    401,
    'The passkey is unknown here, or what it signed does not fit: challenge, page, counter or signature.',
    'Start again with POST /auth/passkeys/login/options, or sign in another way.',
  ),
  INVALID_CODE: entry(
    401,
    'The code is wrong, has expired, was used before, or was tried too often.',
    'Ask for a new code; only the newest one counts.',
  ),
  NOT_CONNECTED: entry(
    403,
    'One can only write to people one is connected with.',
    'Ask to be connected, and write when the request is accepted.',
  ),

  // State
  CONFLICT: entry(409, 'The request does not fit the present state.', 'Read the thing again and decide anew.'),
  STALE_VERSION: entry(
    409,
    'Somebody else changed the thing since it was read.',
    'Read it again and repeat the change on the new version.',
  ),
  ILLEGAL_TRANSITION: entry(
    409,
    'The status cannot be reached from the present one.',
    'Use one of `legal_transitions` of the error.',
  ),
  EMAIL_ALREADY_REGISTERED: entry(
    409,
    'An account with this e-mail address exists.',
    'Sign in, or reset the password.',
  ),
  APPLICATION_ALREADY_EXISTS: entry(
    409,
    'There is an application of this account for this job.',
    'Change the existing one; its id is in the error.',
  ),
  ALREADY_EXISTS: entry(409, 'The same thing exists already.', 'Use or change the existing one.'),
  LAST_WAY_IN: entry(
    409,
    'Without this the account could not be signed in to any more.',
    'Add another way first: a password, another provider, a passkey.',
  ),
  LIMIT_REACHED: entry(409, 'The account has as many of these as it may have.', 'Delete one, then try again.'),
  IDEMPOTENCY_KEY_REUSED: entry(
    409,
    'The Idempotency-Key was used for another request.',
    'Use a new key for every new request.',
  ),
  IDEMPOTENCY_KEY_IN_PROGRESS: entry(
    409,
    'The first request with this Idempotency-Key is still running.',
    'Repeat the same request after `Retry-After`.',
    true,
  ),

  // Our side
  FEATURE_DISABLED: entry(
    403,
    'This part of the product is switched off here, or for this account.',
    'Ask the administrator of this installation.',
  ),
  BUDGET_EXCEEDED: entry(
    429,
    'The budget for AI providers is used up.',
    'Wait for the next period, raise the budget, or use the built-in writer.',
  ),
  INTERNAL_ERROR: entry(
    500,
    'A defect on our side.',
    'Report it with the `request_id`; repeating the request will most likely fail again.',
  ),
  BAD_GATEWAY: entry(502, 'A service or site we asked gave an answer that makes no sense.', 'Try again later.', true),
  SERVICE_UNAVAILABLE: entry(
    503,
    'A part of the system is starting, restarting or down.',
    'Repeat after `Retry-After`.',
    true,
  ),
  PROVIDER_UNAVAILABLE: entry(
    503,
    'An outside provider (AI, mail, a job site) is down, refuses us or is too slow.',
    'Try again later, or choose another provider.',
    true,
  ),
  STORAGE_FULL: entry(
    503,
    'A disk of the installation is full; reading still works.',
    'The message names which; free space there and repeat.',
    true,
  ),
  GATEWAY_TIMEOUT: entry(
    504,
    'The answer did not come in time; whether the request had an effect is unknown.',
    'Repeat; with an Idempotency-Key that is safe.',
    true,
  ),
} as const satisfies Record<string, PublicError>;

export type ErrorCode = keyof typeof ERROR_CODES;
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CODES, code);
