import type { Readable } from 'node:stream';
import type { FileRecord } from './file-record.js';

const MAX_FIELD = 1_000_000;

/**
 * RFC 4180 with a header row: quoted fields may hold separators, doubled quotes and line breaks. The separator is the
 * one the header uses most (comma, semicolon or tab). Rows come as objects named by the header.
 */
export async function* parseCsv(text: Readable): AsyncGenerator<FileRecord> {
  let header: string[] | null = null;
  for await (const { line, fields, problem } of rowsOf(text)) {
    if (problem !== undefined) {
      yield { line, problem };
    } else if (fields.length === 1 && fields[0]?.trim() === '') {
      continue;
    } else if (header === null) {
      header = fields.map((name) =>
        name
          .trim()
          .replace(/^\ufeff/, '')
          .toLowerCase()
          .replace(/[\s-]+/g, '_'),
      );
    } else if (fields.length !== header.length) {
      yield { line, problem: `${fields.length} fields where the header has ${header.length}` };
    } else {
      // A null prototype: a column named __proto__ is a column.
      const row: Record<string, string> = Object.create(null) as Record<string, string>;
      for (const [index, name] of header.entries()) row[name] = fields[index] ?? '';
      yield { line, value: { ...row } };
    }
  }
}

interface Row {
  line: number;
  fields: string[];
  problem?: string;
}

async function* rowsOf(text: Readable): AsyncGenerator<Row> {
  text.setEncoding('utf8');
  let separator = '';
  let pending = '';
  const state = { line: 1, rowLine: 1, field: '', fields: [] as string[], isQuoted: false, wasQuoted: false };
  const take = (): Row => {
    state.fields.push(state.field);
    const row = { line: state.rowLine, fields: state.fields };
    Object.assign(state, { field: '', fields: [], isQuoted: false, wasQuoted: false, rowLine: state.line });
    return row;
  };
  for await (const chunk of text) {
    pending += String(chunk);
    if (separator === '') {
      if (!pending.includes('\n') && pending.length < MAX_FIELD) continue;
      separator = separatorOf(pending.split('\n', 1)[0] ?? '');
    }
    // A quote or CR at the very end may belong to what comes next.
    const end = /["\r]$/.test(pending) ? pending.length - 1 : pending.length;
    yield* scan(pending.slice(0, end), pending.charAt(end));
    pending = pending.slice(end);
  }
  if (separator === '') separator = separatorOf(pending.split('\n', 1)[0] ?? '');
  yield* scan(pending, '');
  if (state.isQuoted) yield { line: state.rowLine, fields: [], problem: 'a quoted field that never ends' };
  else if (state.field !== '' || state.fields.length > 0) yield take();

  function* scan(part: string, following: string): Generator<Row> {
    for (let index = 0; index < part.length; index++) {
      const character = part.charAt(index);
      const next = index + 1 < part.length ? part.charAt(index + 1) : following;
      if (character === '\n') state.line++;
      if (state.isQuoted) {
        if (character !== '"') state.field += character;
        else if (next === '"') {
          state.field += '"';
          index++;
        } else Object.assign(state, { isQuoted: false, wasQuoted: true });
      } else if (character === '"' && state.field === '' && !state.wasQuoted) state.isQuoted = true;
      else if (character === separator) {
        state.fields.push(state.field);
        Object.assign(state, { field: '', wasQuoted: false });
      } else if (character === '\n') yield take();
      else if (character !== '\r') state.field += character;
      if (state.field.length > MAX_FIELD) {
        yield { line: state.rowLine, fields: [], problem: `a field longer than ${MAX_FIELD} characters` };
        Object.assign(state, { field: '', fields: [], isQuoted: false, wasQuoted: false, rowLine: state.line });
      }
    }
  }
}

function separatorOf(header: string): string {
  const counts = [',', ';', '\t'].map((mark) => [mark, header.split(mark).length] as const);
  return counts.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
