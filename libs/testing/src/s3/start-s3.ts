import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { KEEPER } from '../nats/nats-process.js';

export interface S3Handle {
  endpoint: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
/** How to get one, for whoever reads that tests were skipped. */
export const NO_S3_SERVER = 'no S3 server is installed; scripts/install-s3-server.sh gets one';

/** moto's server: `S3_SERVER_BIN`, what scripts/install-s3-server.sh made, then PATH. */
export function findS3Server(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const chosen = env.S3_SERVER_BIN;
  if (chosen !== undefined && chosen !== '') return chosen;
  const folders = [join(process.cwd(), '.tools/moto/bin'), ...(env.PATH ?? '').split(delimiter)];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'moto_server'))
    .find((path) => isExecutable(path));
}

/** A server that speaks S3 on a free loopback port, empty, in memory; dies with this process in any case. */
export async function startS3(binary: string): Promise<S3Handle> {
  const port = await freePort();
  const args = [KEEPER, 's3-keeper', binary, '-H', '127.0.0.1', '-p', String(port)];
  const keeper = spawn('/bin/sh', ['-c', ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
  keeper.stdin.on('error', () => undefined);
  let log = '';
  keeper.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-5_000)));
  const endpoint = `http://127.0.0.1:${port}`;
  const giveUpAt = performance.now() + START_TIMEOUT_MS;
  while (!(await answers(endpoint))) {
    if (keeper.exitCode !== null || performance.now() > giveUpAt) {
      await end(keeper);
      throw new Error(`${binary} did not start:\n${log}`);
    }
    await sleep(50);
  }
  return { endpoint, stop: () => end(keeper) };
}

/** The keeper kills its child when our end of the pipe closes. */
async function end(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const gone = once(keeper, 'exit');
  keeper.stdin?.end();
  await gone;
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(endpoint, { signal: AbortSignal.timeout(1_000) })).status < 500;
  } catch {
    // Not listening yet.
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
