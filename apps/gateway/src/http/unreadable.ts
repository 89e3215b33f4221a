import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '#kernel';
import { publicErrorBody } from '#platform';
import { SECURITY_HEADERS } from './security-headers.js';

export const MAX_HEADER_BYTES = 16 * 1024;
/** A client that takes longer to send its head, or a body of ordinary size, is cut off. */
export const SLOW_CLIENT_MS = 10_000;
/** Uploads may take longer than other bodies. */
export const SLOW_UPLOAD_MS = 60_000;

export const malformed = (message: string): AppError =>
  new AppError({ code: 'MALFORMED_REQUEST', kind: 'malformed', message });

/** There is no way to write to who did not come to speak TLS with us, or broke it. */
const NO_TLS = /^(ERR_SSL_|ERR_TLS_|EPROTO)/;

/** What Node's parser refuses never becomes a request; the answer is written to the socket by hand. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET' || NO_TLS.test(error.code ?? '')) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', `The headers are larger than ${MAX_HEADER_BYTES} bytes.`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'The request took too long to arrive.']
        : ['400 Bad Request', 'The request is not valid HTTP.'];
  const requestId = randomUUID();
  const body = JSON.stringify(publicErrorBody(malformed(message), requestId));
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    'cache-control': 'no-store',
    connection: 'close',
  });
  const head = [`HTTP/1.1 ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const tooSlow = (): Error => Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/**
 * Ends the connection of a client that has not sent its whole body in time; a byte now and then does not help it, nor
 * that it was refused long before: Node goes on reading what nobody wants.
 */
export function limitBodyTime(request: IncomingMessage, response: ServerResponse, withinMs: number): void {
  const timer = setTimeout(() => {
    if (response.headersSent) request.socket.destroy();
    else answerUnreadable(tooSlow(), request.socket);
  }, withinMs);
  timer.unref();
  const settled = (): void => clearTimeout(timer);
  request.once('end', settled).once('close', settled);
}
