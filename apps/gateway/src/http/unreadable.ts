import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '#kernel';
import { publicErrorBody } from '#platform';

export const MAX_HEADER_BYTES = 16 * 1024;
/** A client that takes longer to send its head, or a body of ordinary size, is cut off. */
export const SLOW_CLIENT_MS = 10_000;
/** Uploads may take longer than other bodies. */
export const SLOW_UPLOAD_MS = 60_000;

export const malformed = (message: string): AppError =>
  new AppError({ code: 'MALFORMED_REQUEST', kind: 'malformed', message });

/** What Node's parser refuses never becomes a request; the answer is written to the socket by hand. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
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
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-request-id: ${requestId}\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`,
  );
}

const tooSlow = (): Error => Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/** Ends the connection of a client that has not sent its whole body in time; a byte now and then does not help it. */
export function limitBodyTime(request: IncomingMessage, withinMs: number): void {
  const timer = setTimeout(() => answerUnreadable(tooSlow(), request.socket), withinMs);
  timer.unref();
  const settled = (): void => clearTimeout(timer);
  request.once('end', settled).once('close', settled);
}
