import type { IncomingMessage } from 'node:http';
import { AppError } from '#kernel';
import type { OperationSpec } from './operation.js';

const malformed = (message: string): AppError =>
  new AppError({ code: 'MALFORMED_REQUEST', kind: 'malformed', message });
const unsupported = (message: string): AppError =>
  new AppError({ code: 'UNSUPPORTED_MEDIA_TYPE', kind: 'unsupported-media', message });

/** JSON is UTF-8 (RFC 8259); a charset that says otherwise would make two readers see two texts. */
const JSON_TYPE = /^application\/json[\t ]*(?:;[\t ]*charset="?utf-8"?[\t ]*)?$/i;
const MEDIA_TYPE = /^([\w!#$&^.+-]+\/[\w!#$&^.+-]+)[\t ]*(?:;[\t ]*[\x20-\x7e]*)?$/;
const BODYLESS = new Set(['GET', 'HEAD', 'OPTIONS']);

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined ||
  (headers['content-length'] !== undefined && headers['content-length'] !== '0');

/** Without parameters, in lower case. */
export const mediaTypeOf = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : MEDIA_TYPE.exec(header)?.[1]?.toLowerCase();

/** Decides by the headers alone, before any of the body is read. */
export function assertMediaType(request: IncomingMessage, spec: OperationSpec | undefined): void {
  if (!hasBody(request)) return;
  const { headers, method } = request;
  if (method !== undefined && BODYLESS.has(method)) throw malformed(`${method} takes no body.`);
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw unsupported('Send the body uncompressed: Content-Encoding is not accepted.');
  }
  // Node keeps the first of several and drops the others; a proxy in front may have looked at another one.
  if (countHeader(request, 'content-type') > 1) throw malformed('Content-Type was sent more than once.');
  const type = headers['content-type'];
  if (spec?.rawBody !== undefined) {
    const sent = mediaTypeOf(type);
    if (sent !== undefined && spec.rawBody.mediaTypes.includes(sent)) return;
    throw unsupported(`Send one of these media types: ${spec.rawBody.mediaTypes.join(', ')}.`);
  }
  if (type === undefined) throw unsupported('Content-Type is missing; send `Content-Type: application/json`.');
  if (!JSON_TYPE.test(type)) throw unsupported('Send `Content-Type: application/json` (UTF-8).');
}

function countHeader({ rawHeaders }: IncomingMessage, name: string): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === name) count++;
  return count;
}
