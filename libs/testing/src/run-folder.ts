import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of this test run. `signal` ends it. */
export interface RunServer {
  url: string;
  pid: number;
  signal: 'SIGINT' | 'SIGQUIT' | 'SIGTERM' | 'SIGKILL';
}

/** Process whose end is the end of the run: jest's main process, or this one when there is no global setup. */
export const runOwnerPid = (): number => Number(process.env.TEST_RUN_OWNER_PID ?? process.pid);

export function runFolder(): string {
  const folder = process.env.TEST_RUN_DIR ?? join(tmpdir(), `career-copilot-test-${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}

const PATIENCE_MS = 60_000;

/** The run's server of that name. The first who asks starts it, everybody else (other workers too) waits for it. */
export async function sharedServer(name: string, start: () => Promise<RunServer>): Promise<RunServer> {
  const file = join(runFolder(), `${name}.server.json`);
  const lock = join(runFolder(), `${name}.lock`);
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as RunServer;
    if (!take(lock)) {
      await sleep(50);
      continue;
    }
    try {
      const server = await start();
      writeFileSync(`${file}.draft`, JSON.stringify(server));
      renameSync(`${file}.draft`, file);
      return server;
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  throw new Error(`the ${name} server of this test run did not come up within ${PATIENCE_MS / 1000} s`);
}

/** A folder is made by one process only. One older than the patience belongs to a worker that died. */
function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > PATIENCE_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
