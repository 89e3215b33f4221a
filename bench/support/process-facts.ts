import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Milliseconds of CPU these processes have used so far; undefined where there is no /proc. */
export function cpuMsOf(pids: readonly number[]): number | undefined {
  if (!existsSync('/proc/self/stat')) return undefined;
  let ticks = 0;
  for (const pid of pids) {
    // The name in parentheses may hold blanks; what follows it does not. 14 and 15 of the manual: utime, stime.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return (ticks * 1000) / TICKS_PER_SECOND;
}

/** Resident memory in MB (10^6 bytes), as the system counts it: shared pages count for everybody who has them. */
export function residentMb(pids: readonly number[]): number {
  const output = execFileSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' });
  return output.split('\n').reduce((sum, line) => sum + (Number(line.trim()) * 1024) / 1e6, 0);
}

/** A process and all below it. */
export function familyOf(pid: number): number[] {
  const output = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = output
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((row) => row.length === 2);
  const family = [pid];
  for (const member of family) for (const [child = 0, parent] of rows) if (parent === member) family.push(child);
  return family;
}
