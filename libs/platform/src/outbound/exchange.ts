import type { Dispatcher } from 'undici';
import { errorCode } from '../errors/error-facts.js';
import type { FullRequest } from './outbound-request.js';
import { failed, type FailureReason, type OutboundOutcome } from './outcome.js';
import { BodyTooLarge, BodyUnreadable, readBody } from './read-body.js';

/** One hop: a final outcome, a redirect to follow, or an outcome that asked us to wait. */
export type Hop =
  | OutboundOutcome
  | { kind: 'redirect'; status: number; location: string }
  | { kind: 'wait'; status: number; retryAfter?: string; detail?: string };

export interface Exchange {
  url: URL;
  request: FullRequest;
  headers: Readonly<Record<string, string>>;
  /** Milliseconds for this hop. */
  leftMs: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** 999 is what one large job site answers to programs. */
const BLOCKED = new Set([401, 403, 451, 999]);
const DETAIL_BYTES = 2048;
const DRAIN_BYTES = 64 * 1024;

/** Sends one request and reads one answer. Never rejects. */
export async function exchange(dispatcher: Dispatcher, { url, request, headers, leftMs }: Exchange): Promise<Hop> {
  const deadline = AbortSignal.timeout(Math.max(1, Math.round(leftMs)));
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  try {
    const response = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers,
      body: request.body,
      signal,
    });
    return await understand(response, url, request);
  } catch (error) {
    if (request.signal?.aborted === true) return failed('aborted');
    if (deadline.aborted) return failed('timeout');
    return failed(reasonOf(error));
  }
}

async function understand(response: Dispatcher.ResponseData, url: URL, request: FullRequest): Promise<Hop> {
  const status = response.statusCode;
  const headers = plainHeaders(response.headers);
  const location = headers.location;
  if (REDIRECTS.has(status) && location !== undefined) {
    discard(response.body);
    return { kind: 'redirect', status, location };
  }
  if (status === 304) {
    discard(response.body);
    return { kind: 'not-modified', url: url.href };
  }
  if (status >= 200 && status < 300) return readAnswer(response, headers, url, request);

  const detail = await readDetail(response, headers);
  const retryAfter = headers['retry-after'];
  if (status === 429 || (status === 503 && retryAfter !== undefined))
    return { kind: 'wait', status, retryAfter, detail };
  if (BLOCKED.has(status)) {
    return retryAfter === undefined
      ? { kind: 'blocked', status, detail }
      : { kind: 'wait', status, retryAfter, detail };
  }
  if (status === 404 || status === 410) return { kind: 'not-found', status };
  return failed(status >= 500 ? 'server-error' : 'refused', { status, detail });
}

async function readAnswer(
  response: Dispatcher.ResponseData,
  headers: Readonly<Record<string, string>>,
  url: URL,
  request: FullRequest,
): Promise<OutboundOutcome> {
  const { contentType, charset } = mediaType(headers['content-type']);
  if (request.ignoreBody) {
    await drain(response.body);
    return { kind: 'ok', status: response.statusCode, body: Buffer.alloc(0), headers, url: url.href };
  }
  const wanted = request.accept;
  const announced = Number(headers['content-length'] ?? '0');
  if (wanted !== undefined && contentType !== undefined && !wanted.includes(contentType)) {
    discard(response.body);
    return failed('bad-content', { status: response.statusCode, detail: `the media type is ${contentType}` });
  }
  if (announced > request.maxBytes) {
    discard(response.body);
    return failed('too-large', { status: response.statusCode });
  }
  const body = await readBody(response.body, headers['content-encoding'], request.maxBytes);
  return {
    kind: 'ok',
    status: response.statusCode,
    body,
    contentType,
    charset,
    etag: headers.etag,
    lastModified: headers['last-modified'],
    headers,
    url: url.href,
  };
}

/** The start of an error page: providers say there what they did not like. */
async function readDetail(
  response: Dispatcher.ResponseData,
  headers: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  try {
    const body = await readBody(response.body, headers['content-encoding'], 64 * 1024);
    return body.subarray(0, DETAIL_BYTES).toString('utf8');
  } catch (error) {
    // The status is the answer; a page that is too large or broken changes nothing.
    if (error instanceof BodyTooLarge || error instanceof BodyUnreadable) return undefined;
    throw error;
  }
}

/** Reads a little, so that the connection can be used again; of more, or of one that breaks, only the status was wanted. */
const drain = (body: Dispatcher.ResponseData['body']): Promise<void> => body.dump({ limit: DRAIN_BYTES });

/** Closes the connection of an answer nobody will read. That this ends in an error event is what we asked for. */
function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => undefined).destroy();
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

function mediaType(header: string | undefined): { contentType?: string; charset?: string } {
  const [type, ...parameters] = (header ?? '').split(';').map((part) => part.trim());
  const charset = parameters
    .map((each) => /^charset="?([\w.:-]+)"?$/i.exec(each)?.[1])
    .find((each) => each !== undefined);
  return { contentType: type === '' ? undefined : type?.toLowerCase(), charset: charset?.toLowerCase() };
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof BodyTooLarge) return 'too-large';
  if (error instanceof BodyUnreadable) return 'bad-content';
  switch (errorCode(error)) {
    case 'URL_REFUSED':
      return 'url-refused';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return 'timeout';
    case undefined:
    default:
      return 'connection';
  }
}
