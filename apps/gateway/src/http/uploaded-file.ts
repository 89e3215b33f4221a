import { AppError, invalid } from '#kernel';
import type { RawBody } from './operation.js';

const FORM = 'multipart/form-data';
const BOUNDARY = /;[\t ]*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))[\t ]*(?:;|$)/i;

/**
 * The bytes of one uploaded file: the whole body, or the one part of a form. What the sender calls the file and says
 * about its type is not looked at; whoever takes the bytes judges them by themselves.
 */
export async function uploadedFile(raw: RawBody, field: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = raw.mediaType === FORM ? await partOf(raw, field) : raw.bytes;
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

async function partOf(raw: RawBody, field: string): Promise<Uint8Array> {
  const form = await readForm(raw, field);
  const [[name, value] = [], ...more] = [...form];
  if (name !== field || more.length > 0) throw onePart(field);
  if (value === undefined || typeof value === 'string') {
    throw invalid([{ field, message: 'must be a file: give the part a filename' }]);
  }
  return new Uint8Array(await value.arrayBuffer());
}

async function readForm({ bytes, headers }: RawBody, field: string): Promise<FormData> {
  const contentType = String(headers['content-type'] ?? '');
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed('The Content-Type of a form must name its boundary.');
  // One part has a delimiter before and one behind it. More are refused before anything is parsed: reading a form of
  // 60,000 parts takes a third of a second in which nobody else is served.
  if (countOf(bytes, `--${boundary}`, 3) > 2) throw onePart(field);
  try {
    return await new Response(Buffer.from(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch (error) {
    throw malformed(
      'The form cannot be read: it is cut short, or its boundary is not the one of its Content-Type.',
      error,
    );
  }
}

function countOf(bytes: Uint8Array, text: string, limit: number): number {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = haystack.indexOf(text); at !== -1 && count < limit; at = haystack.indexOf(text, at + text.length)) {
    count += 1;
  }
  return count;
}

const tooLarge = (maxBytes: number): AppError =>
  new AppError({ code: 'PAYLOAD_TOO_LARGE', kind: 'too-large', message: `The file is larger than ${maxBytes} bytes.` });
const onePart = (field: string): AppError => invalid([{ field, message: 'must be the only part of the form, once' }]);
const malformed = (message: string, cause?: unknown): AppError =>
  new AppError({ code: 'MALFORMED_REQUEST', kind: 'malformed', message, cause });
