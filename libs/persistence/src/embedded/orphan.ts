import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../error-code.js';
import type { DataDirectory } from './data-directory.js';

interface Owner {
  pid: number;
  /** Tells the process from a later one with the same number; undefined where /proc does not exist. */
  startedAt?: string;
}

export class DataDirectoryInUse extends Error {
  constructor(directory: DataDirectory, pid: number) {
    super(`${directory.cluster} is in use by process ${pid}. Stop it first, or choose another data directory.`);
    this.name = 'DataDirectoryInUse';
  }
}

/**
 * Clears the way for a start: throws when another living process runs the server, stops a server whose owner died
 * (killed hard together with its watcher), removes what a dead server left behind.
 */
export async function reclaim(directory: DataDirectory): Promise<void> {
  const owner = readOwner(directory);
  const pid = postmasterPid(directory);
  const running = pid !== undefined && alive(pid) && isPostgres(pid);
  // Without a start time the number may be another process's by now; then only a running server counts.
  if (owner !== undefined && lives(owner) && (running || owner.startedAt !== undefined)) {
    throw new DataDirectoryInUse(directory, owner.pid);
  }
  if (pid === undefined) return;
  if (running) await stopProcess(pid, 'SIGINT', 10_000);
  // Stale, or left by a server that was killed: the number may belong to somebody else by now.
  rmSync(join(directory.cluster, 'postmaster.pid'), { force: true });
}

export function claim(directory: DataDirectory, ownerPid: number): void {
  const owner: Owner = { pid: ownerPid, startedAt: startTimeOf(ownerPid) };
  writeFileSync(directory.ownerFile, JSON.stringify(owner), { mode: 0o600 });
}

export function unclaim(directory: DataDirectory): void {
  rmSync(directory.ownerFile, { force: true });
}

/** Asks with `signal`, waits, then kills. */
export async function stopProcess(pid: number, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  send(pid, signal);
  const giveUpAt = performance.now() + patienceMs;
  while (alive(pid)) {
    if (performance.now() > giveUpAt) {
      send(pid, 'SIGKILL');
      await sleep(50);
      return;
    }
    await sleep(10);
  }
}

/** Whether the process exists and is no zombie waiting for its parent. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return statusOf(pid)?.[0] !== 'Z';
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

function postmasterPid(directory: DataDirectory): number | undefined {
  const file = join(directory.cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** Numbers are used again: where /proc tells, only a postgres is taken for the orphan. */
function isPostgres(pid: number): boolean {
  const command = `/proc/${pid}/comm`;
  return !existsSync(command) || readFileSync(command, 'utf8').trim() === 'postgres';
}

function readOwner(directory: DataDirectory): Owner | undefined {
  if (!existsSync(directory.ownerFile)) return undefined;
  try {
    return JSON.parse(readFileSync(directory.ownerFile, 'utf8')) as Owner;
  } catch (error) {
    // Half written by a process that died: as good as none.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const lives = (owner: Owner): boolean =>
  alive(owner.pid) && (owner.startedAt === undefined || owner.startedAt === startTimeOf(owner.pid));

const startTimeOf = (pid: number): string | undefined => statusOf(pid)?.[19];

/** Fields of /proc/<pid>/stat from the third (state) on; the second may hold spaces. */
function statusOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
