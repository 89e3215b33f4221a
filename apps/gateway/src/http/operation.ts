import type { ApiKeyScope, Caller, Role, Static, TObject, TSchema } from '#contracts';
import type { OutgoingContext } from '#messaging';
import type { Feature } from '#platform';

/** Which sliding window a route counts in (the numbers are settings). */
export type LimitClass = 'credentials' | 'search' | 'generation' | 'chat' | 'analytics' | 'tracking' | 'general';

/** Every route says who may call it; a route that says nothing does not start. */
export type Access = 'public' | 'optional' | 'signed-in' | { role: Role };

export interface OperationSpec {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, OpenAPI style: `/jobs/{id}`. */
  path: string;
  /** Other paths below /api/v1 that answer the same. */
  aliases?: readonly string[];
  /** Other paths from the root that answer the same: `/health`, `/v1/auth/google`. */
  rootAliases?: readonly string[];
  /** camelCase, unique: `searchJobs`. Also the name in logs and metrics. */
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  access: Access;
  /** What an API key needs; keys cannot call a route without a scope. */
  scope?: ApiKeyScope;
  /** Open to who lacks a second factor that is demanded of him: what he sets one up with. */
  withoutFactor?: true;
  limit?: LimitClass;
  /** Part of the product that can be switched off; then answered 403 `FEATURE_DISABLED`. */
  feature?: Feature;
  params?: TObject;
  query?: TObject;
  body?: TSchema;
  /** An example body that validates; the fuzzer and the documentation start from it. */
  bodyExample?: unknown;
  /** Instead of JSON the handler gets the bytes as they came, in `input.raw` (signed callbacks, uploads). */
  rawBody?: { mediaTypes: readonly string[]; maxBytes: number };
  /** How long the question may take; answered 504 after that. 5 s unless told. */
  timeoutMs?: number;
  /** 200 unless told; 204 answers without a body, 302 redirects. */
  status?: 200 | 201 | 202 | 204 | 302;
  response?: TSchema;
  /** Another success than `status`, where the handler answers it by an `Answer`. */
  alternative?: { status: 200 | 202 | 302; response?: TSchema; example?: unknown };
  /** Media type of the answer where it is not JSON, e.g. `text/calendar`. */
  produces?: string;
  responseExample?: unknown;
  /** Public error codes beyond those every route of its kind may answer. */
  errors?: readonly string[];
  /** Accepts `Idempotency-Key`. */
  idempotent?: boolean;
  /** Sends a weak ETag over the body and answers 304. */
  etag?: boolean;
  /** `public, max-age` for anonymous callers, in seconds. */
  publicCacheSeconds?: number;
}

/** What a controller method gets: the validated parts and the context for the one call it makes. */
export interface OperationInput<S extends OperationSpec> {
  params: S['params'] extends TObject ? Static<S['params']> : Record<string, never>;
  query: S['query'] extends TObject ? Static<S['query']> : Record<string, never>;
  body: S['body'] extends TSchema ? Static<S['body']> : undefined;
  raw: S['rawBody'] extends object ? RawBody : undefined;
}

export interface RawBody {
  bytes: Uint8Array;
  /** Lower case, without parameters. */
  mediaType: string;
  /** As the client sent them; names in lower case. Signatures of callbacks live here. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Call {
  /** Context to hand to RpcClient: caller, request id, deadline, idempotency key, traceparent. */
  context: OutgoingContext;
  caller?: Caller;
  /** `caller.user_id`; throws `unauthenticated` where nobody is signed in. */
  userId(): string;
  /** True when the client sent `Prefer: respond-async`. */
  respondAsync: boolean;
  /** True when the client sent `Accept: text/event-stream`. */
  wantsStream: boolean;
  /** What came as `Authorization: Bearer …`, unchecked; for public routes that take a credential of another kind. */
  readonly bearer: string | undefined;
  /** A cookie of the request (code flows keep their state in one). */
  cookie(name: string): string | undefined;
  /** Fires when the client went away. */
  signal: AbortSignal;
}

/** Checks the types of a declaration and keeps its literal shape for `OperationInput`. */
export const operation = <S extends OperationSpec>(
  spec: S & { bodyExample?: S['body'] extends TSchema ? Static<S['body']> : never },
): S => spec;
