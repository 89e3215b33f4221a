import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ImportUsersResponse } from '#contracts';
import { Progress, table, type Terminal } from '../terminal.js';
import type { ApiClient } from '../api/api-client.js';
import type { Rejection } from './import-report.js';

/** Accounts of a request; the contract takes 500. */
const MOST_USERS = 500;
/** The gateway takes 1 MB, and no account is a kilobyte. */
const LONGEST_LINE = 2_000;
const SHOWN_REJECTIONS = 20;

export interface UsersSummary {
  file: string;
  /** Lines with something on them. */
  read: number;
  counts: ImportUsersResponse['counts'];
  rejected: Rejection[];
  /** False when Ctrl-C ended it early. */
  complete: boolean;
}

interface UsersRun {
  file: string;
  terminal: Terminal;
  /** Ctrl-C: the request that is under way is finished, nothing else is begun. */
  interrupted: AbortSignal;
}

export async function importUsersOf(client: ApiClient, run: UsersRun): Promise<UsersSummary> {
  const { file, interrupted } = run;
  const summary: UsersSummary = {
    file,
    read: 0,
    counts: { created: 0, exists: 0, rejected: 0 },
    rejected: [],
    complete: true,
  };
  const progress = new Progress(run.terminal);
  let batch: { line: number; text: string }[] = [];
  const send = async (): Promise<void> => {
    const sent = batch;
    batch = [];
    if (sent.length === 0 || interrupted.aborted) return;
    const body = `{"users":[${sent.map(({ text }) => text).join(',')}]}`;
    const idempotencyKey = `import-users-${createHash('sha256').update(body).digest('hex')}`;
    const { counts, users } = await client.importUsers({ body, idempotencyKey });
    for (const name of ['created', 'exists', 'rejected'] as const) summary.counts[name] += counts[name];
    for (const { index, field, reason } of users) {
      const line = sent[index]?.line;
      if (reason !== null && line !== undefined)
        summary.rejected.push({ file, line, reason: `${field ?? ''}: ${reason}` });
    }
    progress.show(`${summary.read} read, ${summary.counts.created} new`);
  };
  try {
    for await (const { line, text } of linesOf(file)) {
      if (interrupted.aborted) break;
      summary.read += 1;
      const problem = problemOf(text);
      if (problem === undefined) batch.push({ line, text });
      else {
        summary.counts.rejected += 1;
        summary.rejected.push({ file, line, reason: problem });
      }
      if (batch.length === MOST_USERS) await send();
    }
    await send();
  } finally {
    progress.end();
  }
  summary.rejected.sort((a, b) => a.line - b.line);
  return { ...summary, complete: !interrupted.aborted };
}

async function* linesOf(file: string): AsyncGenerator<{ line: number; text: string }> {
  const stream = createReadStream(file, 'utf8');
  let line = 0;
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (text.trim() !== '') yield { line, text };
    }
  } finally {
    stream.destroy();
  }
}

/** Everything else is for the API to judge, line by line. */
function problemOf(text: string): string | undefined {
  if (text.length > LONGEST_LINE) return `longer than ${LONGEST_LINE} characters`;
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'not JSON';
  }
}

/** What a person sees at the end. */
export function usersTable({ read, counts, rejected, complete }: UsersSummary): string {
  const lines = [table(['read', 'new', 'known', 'rejected'], [[read, counts.created, counts.exists, counts.rejected]])];
  if (rejected.length > 0) {
    lines.push('\nNot taken over:\n');
    for (const one of rejected.slice(0, SHOWN_REJECTIONS)) lines.push(`  ${one.file}:${one.line}  ${one.reason}\n`);
    const more = rejected.length - SHOWN_REJECTIONS;
    if (more > 0) lines.push(`  … and ${more} more; --json lists all\n`);
  }
  if (!complete) lines.push('\nStopped before the end. Run the same command again: who is here is recognised.\n');
  return lines.join('');
}
