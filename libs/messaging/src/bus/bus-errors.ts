import { AppError } from '#kernel';

/**
 * The largest payload either adapter carries. 7 MiB: a 5 MB upload still fits as base64 (6.7 MB); deploy/nats sets
 * `max_payload` to 8 MB, which leaves room for headers.
 */
export const MAX_PAYLOAD_BYTES = 7 * 1024 * 1024;

/** How long a caller should wait before it asks again while the bus reconnects (reconnect is tried every 0.2-0.3 s). */
const RECONNECT_HINT_MS = 1_000;

export const unavailable = (message: string, cause?: unknown): AppError =>
  new AppError({ code: 'SERVICE_UNAVAILABLE', kind: 'unavailable', message, retryAfterMs: RECONNECT_HINT_MS, cause });

export const noResponder = (subject: string): AppError =>
  unavailable(`Nobody answers ${subject} right now; the service behind it is not running.`);

export const timedOut = (subject: string, timeoutMs: number, cause?: unknown): AppError =>
  new AppError({
    code: 'GATEWAY_TIMEOUT',
    kind: 'timeout',
    message: `No answer to ${subject} within ${timeoutMs} ms.`,
    cause,
  });

export const payloadTooLarge = (subject: string, bytes: number, limit: number): AppError =>
  new AppError({
    code: 'PAYLOAD_TOO_LARGE',
    kind: 'too-large',
    message: `The message for ${subject} has ${bytes} bytes; the bus carries at most ${limit}.`,
  });

export function assertPayloadFits(subject: string, payload: Uint8Array, limit: number = MAX_PAYLOAD_BYTES): void {
  if (payload.byteLength > limit) throw payloadTooLarge(subject, payload.byteLength, limit);
}

/** The error form of a reply on the wire; an adapter needs it only when a responder's own reply cannot be sent. */
export function errorReply(error: AppError): { payload: Uint8Array; headers: Record<string, string> } {
  return { payload: Buffer.from(JSON.stringify(error.toShape())), headers: { 'cc-error': '1' } };
}

/** What an adapter writes to the log; the platform's Logger fits. */
export interface BusLogger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>, thrown?: unknown): void;
  error(message: string, thrown?: unknown, fields?: Readonly<Record<string, unknown>>): void;
}
export const silentLogger: BusLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };
