import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answer, type CookieToSet } from './answer.js';
import { chooseEncoding, compress, isCompressible } from './compression.js';
import type { OperationSpec } from './operation.js';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Writes what a handler returned: status, caching headers, ETag, compression. Bytes are not looked into. */
export async function sendResult(
  spec: OperationSpec,
  request: FastifyRequest,
  reply: FastifyReply,
  result: unknown,
): Promise<void> {
  const status = spec.status ?? 200;
  if (result instanceof Answer) return sendAnswer(spec, request, reply, result);
  reply.code(status);
  setCaching(spec, request, reply);
  if (status === 204) {
    reply.send();
    return;
  }
  const bytes = result instanceof Uint8Array ? result : Buffer.from(JSON.stringify(result));
  await sendBytes(spec, request, reply, bytes, JSON_TYPE);
}

async function sendAnswer(
  spec: OperationSpec,
  request: FastifyRequest,
  reply: FastifyReply,
  { body, options }: Answer,
): Promise<void> {
  reply.code(options.status ?? spec.status ?? 200);
  setCaching(spec, request, reply);
  if (options.headers !== undefined) reply.headers(options.headers);
  for (const cookie of options.cookies ?? []) reply.header('set-cookie', cookieHeader(cookie));
  const contentType = options.contentType ?? spec.produces ?? JSON_TYPE;
  if (body === undefined) {
    reply.send();
    return;
  }
  if (typeof body === 'string') return sendBytes(spec, request, reply, Buffer.from(body), contentType);
  if (body instanceof Uint8Array) return sendBytes(spec, request, reply, body, contentType);
  // A stream is neither tagged nor compressed: both would have to wait for its end.
  reply.header('content-type', contentType).send(body);
}

export async function sendBytes(
  spec: Pick<OperationSpec, 'etag'>,
  request: FastifyRequest,
  reply: FastifyReply,
  bytes: Uint8Array,
  contentType: string,
): Promise<void> {
  if (spec.etag === true && reply.statusCode === 200) {
    const tag = weakTag(bytes);
    reply.header('etag', tag);
    if (matchesTag(request.headers['if-none-match'], tag)) {
      reply.code(304).send();
      return;
    }
  }
  reply.header('content-type', contentType);
  if (!isCompressible(contentType, bytes.byteLength)) {
    reply.send(bytes);
    return;
  }
  addVary(reply, 'Accept-Encoding');
  const encoding = chooseEncoding(request.headers['accept-encoding']);
  if (encoding === undefined) {
    reply.send(bytes);
    return;
  }
  reply.header('content-encoding', encoding).send(await compress(bytes, encoding));
}

/**
 * Answers to a person stay with the person. With an ETag they may be kept but must be asked for anew; without one they
 * are not stored at all.
 */
function setCaching(spec: OperationSpec, request: FastifyRequest, reply: FastifyReply): void {
  if (spec.publicCacheSeconds !== undefined) {
    addVary(reply, 'Authorization');
    if (request.headers.authorization === undefined) {
      reply.header('cache-control', `public, max-age=${spec.publicCacheSeconds}`);
      return;
    }
  }
  reply.header('cache-control', spec.etag === true ? 'private, no-cache' : 'private, no-store');
}

export function addVary(reply: FastifyReply, name: string): void {
  const present = reply.getHeader('vary');
  reply.header('vary', present === undefined ? name : `${String(present)}, ${name}`);
}

/** Weak: the same JSON may be sent in other bytes (compressed). */
const weakTag = (bytes: Uint8Array): string => `W/"${createHash('sha1').update(bytes).digest('base64url')}"`;

function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const plain = tag.slice(2);
  return header.split(',').some((part) => part.trim().replace(/^W\//, '') === plain);
}

const cookieHeader = ({ name, value, path, maxAge }: CookieToSet): string =>
  `${name}=${value}; Path=${path}; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=Lax`;
