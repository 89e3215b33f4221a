import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, locateBinaries } from './binaries.js';
import { DataDirectory } from './data-directory.js';
import { alive, claim, reclaim, stopProcess, unclaim } from './orphan.js';
import { serverUser } from './server-user.js';
import { watch } from './watcher.js';

export interface EmbeddedPostgresOptions {
  /** Folder for the cluster, its log and its password; made if missing. */
  dataDir: string;
  /** Preferred port; another free one is taken when it is busy. */
  port?: number;
  /** More server settings, e.g. `{ max_connections: '50' }`. */
  settings?: Readonly<Record<string, string>>;
  /** For throw-away data: no fsync anywhere. A power cut then loses the cluster. */
  unsafe?: boolean;
  /** Process whose end stops the server; this one by default. */
  ownerPid?: number;
  /** Folder to delete once the owner is gone. */
  removeWhenOwnerGone?: string;
}

export interface EmbeddedPostgres {
  /** Login of the superuser on database `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  readonly pid: number;
  /** `fast` ends sessions and checkpoints; `immediate` is a crash with recovery at the next start. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** kill -9 of the postmaster. */
  kill9(): Promise<void>;
  /** Starts again on the same port, stopping first if needed. */
  restart(): Promise<void>;
}

const START_PATIENCE_MS = 30_000;
const MAX_LOG_BYTES = 10 * 1024 * 1024;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Seven services with a pool each, and migrations.
  max_connections: '150',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // SSD; the default makes the planner shun indexes.
  random_page_cost: '1.1',
  jit: 'off',
  // Errors, statements and details quote people's data. Whoever sent the statement gets the error; what the server has to
  // say of itself (LOG, FATAL, PANIC) is written.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

/** Survives the death of processes (the kernel has the data), not of the machine. */
const UNSAFE_SETTINGS: Readonly<Record<string, string>> = { fsync: 'off', full_page_writes: 'off' };

/**
 * Starts PostgreSQL from the npm package, as an unprivileged user when we are root. The server ends with its owner,
 * also when that is killed hard; should even the watcher have been killed, the next start stops the orphan.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const binaries = locateBinaries(user);
  const directory = new DataDirectory(options.dataDir, user);
  await reclaim(directory);
  claim(directory, options.ownerPid ?? process.pid);
  try {
    await directory.ensureCluster(binaries, options.unsafe === true);
    const server = new Server(
      directory,
      binaries,
      await usablePort(options.port === 0 ? undefined : options.port),
      options,
    );
    await server.start();
    return server;
  } catch (error) {
    unclaim(directory);
    throw error;
  }
}

class Server implements EmbeddedPostgres {
  private process: ChildProcess | undefined;
  private watcher: ChildProcess | undefined;
  readonly adminUrl: string;

  constructor(
    private readonly directory: DataDirectory,
    private readonly binaries: Binaries,
    readonly port: number,
    private readonly options: EmbeddedPostgresOptions,
  ) {
    this.adminUrl = `postgres://postgres:${directory.password}@127.0.0.1:${port}/postgres`;
  }

  get pid(): number {
    const pid = this.process?.pid;
    if (pid === undefined) throw new Error('the embedded PostgreSQL is not running');
    return pid;
  }

  async start(): Promise<void> {
    const giveUpAt = performance.now() + START_PATIENCE_MS;
    for (;;) {
      this.process = this.spawn();
      const exited = once(this.process, 'exit');
      const ready = await this.answers(giveUpAt);
      if (ready) break;
      await exited;
      this.process = undefined;
      // After kill -9 of the postmaster its children need a moment to notice and let go of the shared memory.
      const log = this.logTail();
      if (!/shared memory block|lock file/.test(log) || performance.now() > giveUpAt) {
        throw new Error(`PostgreSQL did not start in ${this.directory.cluster}:\n${log}`);
      }
      await sleep(100);
    }
    this.watcher = watch({
      serverPid: this.pid,
      cluster: this.directory.cluster,
      ownerPid: this.options.ownerPid,
      remove: this.options.removeWhenOwnerGone,
    });
  }

  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    unclaim(this.directory);
  }

  async kill9(): Promise<void> {
    await this.end('SIGKILL');
    unclaim(this.directory);
  }

  async restart(): Promise<void> {
    await this.stop();
    await reclaim(this.directory);
    claim(this.directory, this.options.ownerPid ?? process.pid);
    await this.start();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    // The watcher first: the server's number may be given to another process afterwards.
    this.watcher?.kill('SIGKILL');
    this.watcher = undefined;
    const pid = this.process?.pid;
    this.process = undefined;
    if (pid !== undefined) await stopProcess(pid, signal, 20_000);
  }

  private spawn(): ChildProcess {
    rotate(this.directory.log);
    const settings = {
      ...SETTINGS,
      ...(this.options.unsafe === true ? UNSAFE_SETTINGS : {}),
      ...this.options.settings,
    };
    const args = ['-D', this.directory.pathForServer, '-c', `port=${this.port}`];
    for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
    const folder = this.directory.open();
    const log = openSync(this.directory.log, 'a', 0o600);
    try {
      const child = spawn(this.binaries.postgres, args, {
        ...serverUser(),
        cwd: '/',
        // A session of its own: Ctrl-C in the terminal must not stop it before the services have drained.
        detached: true,
        stdio: ['ignore', log, log, folder.fd],
      });
      child.unref();
      return child;
    } finally {
      closeSync(log);
      folder.close();
    }
  }

  /** True when a connection is accepted, false when the process ended before. */
  private async answers(giveUpAt: number): Promise<boolean> {
    while (performance.now() < giveUpAt) {
      const pid = this.process?.pid;
      if (pid === undefined || !alive(pid)) return false;
      const client = new pg.Client({ connectionString: this.adminUrl, connectionTimeoutMillis: 2000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.end();
        return true;
      } catch {
        // Refused or starting up: the log tells more if it never comes.
        await sleep(20);
      }
    }
    await this.end('SIGQUIT');
    return false;
  }

  private logTail(): string {
    return readFileSync(this.directory.log, 'utf8').slice(-2000);
  }
}

function rotate(log: string): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) truncateSync(log, 0);
}

async function usablePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && (await portIsFree(preferred))) return preferred;
  return listenOnce(0);
}

async function portIsFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch {
    return false;
  }
}

async function listenOnce(port: number): Promise<number> {
  const probe = createServer();
  probe.listen(port, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
  return address.port;
}
