import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import { hasBody } from './media-type.js';

/** What Node reads from a socket at once; a body of this size costs one read, whatever becomes of it. */
const ONE_READ_BYTES = 64 * 1024;
/** Over all connections together: 6 MB a second. */
const READ_EVERY_MS = 10;

/** Longest waiting first. Of the process, because it is its one thread that is shared out here. */
const waiting = new Set<IncomingMessage>();
let timer: NodeJS.Timeout | undefined;

/**
 * Left to itself Node reads what is left of a refused body as fast as it comes, and others wait meanwhile; ending the
 * connection instead would make the client lose the answer it has not read yet (a reset, because of the bytes nobody
 * took). So the answer goes out at once, the bytes are taken at a pace that nobody notices, and only then the
 * connection is used again, or closed. Who does not come to an end is cut in time (`limitBodyTime`).
 */
export function readSlowly(request: IncomingMessage, reply: FastifyReply): void {
  if (!hasBody(request) || request.complete || isOneRead(request)) return;
  // It may have been read already, to find out that it is too large.
  request.pause();
  // Node does not read away what somebody has begun to read.
  request.read(0);
  if (!reply.raw.shouldKeepAlive || reply.getHeader('connection') === 'close') closeAfter(request);
  waiting.add(request);
  timer ??= setInterval(readOnce, READ_EVERY_MS).unref();
}

/** Of a connection that is to be closed: Node would do that right behind the answer. */
function closeAfter(request: IncomingMessage): void {
  const { socket } = request;
  const close = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    if (request.readableEnded) return close();
    request.once('end', close);
    socket.end();
  };
}

const isOneRead = ({ headers }: IncomingMessage): boolean => Number(headers['content-length']) <= ONE_READ_BYTES;

function readOnce(): void {
  for (const request of [...waiting]) {
    waiting.delete(request);
    // Nobody tells the request of an answer that is out when its connection ends.
    if (request.readableEnded || request.socket.destroyed) continue;
    const bytes: unknown = request.read();
    waiting.add(request);
    if (bytes !== null) break;
  }
  if (waiting.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}
