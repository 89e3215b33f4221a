import { LRUCache } from 'lru-cache';
import { Caller, compileSchema } from '#contracts';
import { AppError, ERROR_KINDS, type AppErrorShape, newId } from '#kernel';
import type { Headers } from '../bus/bus.port.js';
import { type OutgoingContext, RawJson, type RpcContext } from './rpc-context.js';

export const HEADER = {
  caller: 'cc-caller',
  requestId: 'cc-request-id',
  causationId: 'cc-causation-id',
  timeoutMs: 'cc-timeout-ms',
  idempotencyKey: 'cc-idempotency-key',
  clientAddress: 'cc-client-address',
  userAgent: 'cc-user-agent',
  traceparent: 'traceparent',
  error: 'cc-error',
} as const;

export const DEFAULT_TIMEOUT_MS = 5000;
const MOST_TIMEOUT_MS = 5 * 60_000;

export interface Reply {
  payload: Uint8Array;
  headers: Headers;
}

export function toHeaders(context: OutgoingContext, timeoutMs: number): Record<string, string> {
  const headers: Record<string, string> = {
    [HEADER.requestId]: context.requestId ?? newId(),
    // Relative, because the clocks of two machines differ.
    [HEADER.timeoutMs]: String(Math.floor(timeoutMs)),
  };
  if (context.caller !== undefined) headers[HEADER.caller] = callerText(context.caller);
  if (context.idempotencyKey !== undefined) headers[HEADER.idempotencyKey] = oneLine(context.idempotencyKey);
  if (context.clientAddress !== undefined) headers[HEADER.clientAddress] = oneLine(context.clientAddress);
  if (context.userAgent !== undefined) headers[HEADER.userAgent] = oneLine(context.userAgent);
  if (context.traceparent !== undefined) headers[HEADER.traceparent] = context.traceparent;
  return headers;
}

/** A header is a line: a client's user agent must not be able to add one. */
const oneLine = (text: string): string => (BREAKS.test(text) ? text.replaceAll(/[\r\n\0]/g, ' ') : text);
const BREAKS = /[\r\n\0]/;

/** The gateway gives the same object with every request of a session. */
const callerTexts = new WeakMap<Caller, string>();

function callerText(caller: Caller): string {
  const known = callerTexts.get(caller);
  if (known !== undefined) return known;
  const text = JSON.stringify(caller);
  callerTexts.set(caller, text);
  return text;
}

/** `receivedAt` is monotonic. Getters are members of the object itself, so `{...context}` carries their value on. */
export function readContext(headers: Headers, receivedAt: number): RpcContext {
  const deadline = receivedAt + readTimeout(headers[HEADER.timeoutMs]);
  let signal: AbortSignal | undefined;
  return {
    caller: readCaller(headers[HEADER.caller]),
    requestId: headers[HEADER.requestId] ?? newId(),
    traceparent: headers[HEADER.traceparent],
    idempotencyKey: headers[HEADER.idempotencyKey],
    clientAddress: headers[HEADER.clientAddress],
    userAgent: headers[HEADER.userAgent],
    get timeoutMs() {
      return Math.max(0, deadline - performance.now());
    },
    // Made when first asked for: most handlers end long before their deadline and never look.
    get signal() {
      return (signal ??= AbortSignal.timeout(Math.max(0, Math.ceil(deadline - performance.now()))));
    },
  };
}

function readTimeout(text: string | undefined): number {
  const value = text === undefined ? DEFAULT_TIMEOUT_MS : Number(text);
  return Number.isFinite(value) ? Math.min(value, MOST_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS;
}

const callerSchema = compileSchema(Caller);
/** Callers whose text was read before. Shared by their requests, hence frozen. */
const callers = new LRUCache<string, Caller>({ max: 2_000 });

function readCaller(text: string | undefined): Caller | undefined {
  if (text === undefined) return undefined;
  const known = callers.get(text);
  if (known !== undefined) return known;
  const caller = parseJson(text);
  if (callerSchema.check(caller)) {
    callers.set(text, Object.freeze(caller));
    return caller;
  }
  throw new AppError({ code: 'INTERNAL_ERROR', kind: 'internal', message: 'The caller of a request is not readable.' });
}

/** What is not JSON is undefined, which no schema accepts. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export const textOf = (payload: Uint8Array): string =>
  Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');

const NO_HEADERS: Headers = {};

/** A handler without a result answers the empty object. */
export function answerOf(result: unknown): Reply {
  if (result instanceof RawJson) return { payload: result.bytes, headers: NO_HEADERS };
  return { payload: Buffer.from(JSON.stringify(result ?? {}), 'utf8'), headers: NO_HEADERS };
}

const ERROR_HEADERS: Headers = { [HEADER.error]: '1' };

export const errorAnswerOf = (error: AppError): Reply => ({
  payload: Buffer.from(JSON.stringify(error.toShape()), 'utf8'),
  headers: ERROR_HEADERS,
});

/** The error a service answered, or undefined for an answer. */
export function readError(reply: Reply): AppError | undefined {
  if (reply.headers[HEADER.error] === undefined) return undefined;
  const shape = parseJson(textOf(reply.payload));
  if (isErrorShape(shape)) return AppError.fromShape(shape);
  return new AppError({ code: 'INTERNAL_ERROR', kind: 'internal', message: 'Something went wrong on our side.' });
}

const kinds: ReadonlySet<unknown> = new Set(ERROR_KINDS);

const isErrorShape = (value: unknown): value is AppErrorShape =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'string' &&
  'kind' in value &&
  kinds.has(value.kind) &&
  'message' in value &&
  typeof value.message === 'string';
