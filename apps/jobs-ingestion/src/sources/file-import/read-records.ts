import { createInterface } from 'node:readline';
import { PassThrough, type Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseCsv } from './csv.js';
import type { FileRecord } from './file-record.js';
import { asArray, asObject } from '../shared/json.js';

/** A JSON document is read whole, unlike lines and CSV. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
/** A line longer than this is no posting. */
const MAX_LINE = 2_000_000;

/**
 * The records of a JSON Lines, JSON or CSV file, gzipped or not; both are told from the content, not the name. Lines
 * and CSV rows are streamed. A line that cannot be read is a problem with its number, and the rest goes on.
 */
export async function* readRecords(file: Readable): AsyncGenerator<FileRecord> {
  const text = await unzipped(file);
  const head = await peek(text);
  const first = head
    .trimStart()
    .replace(/^\ufeff/, '')
    .charAt(0);
  if (first === '{' || first === '[') {
    yield* isDocument(head) ? readDocument(text) : readLines(text);
    return;
  }
  yield* parseCsv(text);
}

/** A gzip stream begins with 1f 8b. */
async function unzipped(file: Readable): Promise<Readable> {
  const head = await peekBytes(file);
  const through: Transform = head[0] === 0x1f && head[1] === 0x8b ? createGunzip() : new PassThrough();
  file.once('error', (error) => through.destroy(error));
  return file.pipe(through);
}

const peek = async (stream: Readable): Promise<string> => (await peekBytes(stream)).toString('utf8');

/** The first bytes, put back so that the reader behind sees them. */
async function peekBytes(stream: Readable): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    stream.once('readable', resolve);
    stream.once('end', resolve);
    stream.once('error', reject);
  });
  const chunk: unknown = stream.read();
  if (!Buffer.isBuffer(chunk)) return Buffer.alloc(0);
  stream.unshift(chunk);
  return chunk;
}

/** "[" begins a document. "{" does when its first line is not complete in itself. */
function isDocument(head: string): boolean {
  const text = head.replace(/^\ufeff/, '').trimStart();
  if (text.startsWith('[')) return true;
  const end = text.indexOf('\n');
  if (end < 0) return /^\{\s*"(?:jobs|data|results|postings|items)"\s*:\s*\[/.test(text);
  return !isJson(text.slice(0, end));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function* readLines(text: Readable): AsyncGenerator<FileRecord> {
  let line = 0;
  for await (const content of createInterface({ input: text, crlfDelay: Infinity })) {
    line++;
    const trimmed = content.replace(/^\ufeff/, '').trim();
    if (trimmed === '') continue;
    if (trimmed.length > MAX_LINE) yield { line, problem: `longer than ${MAX_LINE} characters` };
    else yield parseRecord(trimmed, line);
  }
}

function parseRecord(text: string, line: number): FileRecord {
  try {
    return { line, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { line, problem: `not JSON: ${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'}` };
  }
}

async function* readDocument(text: Readable): AsyncGenerator<FileRecord> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of text) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > MAX_DOCUMENT_BYTES) {
      yield {
        line: 1,
        problem: `a JSON document above ${MAX_DOCUMENT_BYTES >> 20} MiB; write one posting per line instead`,
      };
      return;
    }
    chunks.push(bytes);
  }
  const record = parseRecord(
    Buffer.concat(chunks)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
    1,
  );
  if ('problem' in record) {
    yield record;
    return;
  }
  const list = listIn(record.value);
  if (list === null) {
    yield { line: 1, problem: 'no list of postings: expected an array, or an object with "jobs", "data" or "results"' };
    return;
  }
  for (const [index, value] of list.entries()) yield { line: index + 1, value };
}

function listIn(value: unknown): readonly unknown[] | null {
  const object = asObject(value);
  if (object === null) return asArray(value);
  const inside = ['jobs', 'data', 'results', 'postings', 'items'].map((name) => asArray(object[name])).find(Boolean);
  // A single posting is a list of one.
  return inside ?? ('title' in object ? [object] : null);
}
