import type { Caller, Role, Static, TObject, TSchema } from '#contracts';
import type { OutgoingContext } from '#messaging';

/** Which sliding window a route counts in (the numbers are settings). */
export type LimitClass = 'credentials' | 'search' | 'generation' | 'chat' | 'analytics' | 'tracking' | 'general';

/** Every route says who may call it; a route that says nothing does not start. */
export type Access = 'public' | 'optional' | 'signed-in' | { role: Role };

export interface OperationSpec<
  P extends TObject = TObject,
  Q extends TObject = TObject,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, OpenAPI style: `/jobs/{id}`. */
  path: string;
  /** Other paths that answer the same. */
  aliases?: readonly string[];
  /** camelCase, unique: `searchJobs`. Also the name in logs and metrics. */
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  access: Access;
  /** What an API key needs; keys cannot call a route without a scope. */
  scope?: string;
  limit?: LimitClass;
  params?: P;
  query?: Q;
  body?: B;
  /** An example body that validates; the fuzzer and the documentation start from it. */
  bodyExample?: Static<B>;
  /** 200 unless told; 204 answers without a body. */
  status?: 200 | 201 | 202 | 204;
  response?: R;
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
}

export interface Call {
  /** Context to hand to RpcClient: caller, request id, deadline, idempotency key, traceparent. */
  context: OutgoingContext;
  caller?: Caller;
  /** `caller.user_id`; throws `unauthenticated` where nobody is signed in. */
  userId(): string;
  /** True when the client sent `Prefer: respond-async`. */
  respondAsync: boolean;
}

/** Checks the types of a declaration and keeps its literal shape for `OperationInput`. */
export const operation = <P extends TObject, Q extends TObject, B extends TSchema, R extends TSchema>(
  spec: OperationSpec<P, Q, B, R>,
): OperationSpec<P, Q, B, R> => spec;
