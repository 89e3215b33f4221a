import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The server runs under a small shell that also waits on our end of a pipe: when this process dies, however it dies,
 * the pipe closes and the server is killed. So a killed test run leaves nothing behind.
 */
export const KEEPER = `exec 3<&0; bin="$1"; shift; "$bin" "$@" >&2 3<&- & child=$!; echo "$child"
(cat <&3 >/dev/null; kill -9 "$child" 2>/dev/null) >/dev/null 2>&1 & wait "$child"`;

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;

export class NatsProcess {
  private constructor(
    private readonly keeper: ChildProcess,
    readonly pid: number,
  ) {}

  static async start(options: {
    binary: string;
    args: readonly string[];
    port: number;
    env: NodeJS.ProcessEnv;
    logFile: string;
  }): Promise<NatsProcess> {
    const keeper = spawn('/bin/sh', ['-c', KEEPER, 'nats-keeper', options.binary, ...options.args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: options.env,
    });
    let log = '';
    const file = createWriteStream(options.logFile, { flags: 'a' });
    keeper.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
    keeper.stderr.pipe(file);
    // A server that dies takes its pipe along; writing to it then is no error of ours.
    keeper.stdin.on('error', () => undefined);
    const [first] = (await once(keeper.stdout, 'data')) as [Buffer];
    const server = new NatsProcess(keeper, Number(first.toString().trim()));
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await greets(options.port))) {
      if (server.hasEnded() || Date.now() > deadline) {
        await server.end('SIGKILL');
        throw new Error(`nats-server did not start: ${options.binary} ${options.args.join(' ')}\n${log}`);
      }
      await sleep(15);
    }
    return server;
  }

  hasEnded(): boolean {
    return this.keeper.exitCode !== null || this.keeper.signalCode !== null;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.hasEnded()) process.kill(this.pid, signal);
  }

  /** Resolves when the server is gone; one that does not heed SIGTERM within 5 s is killed. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.hasEnded()) {
      const gone = once(this.keeper, 'exit');
      this.signal(signal);
      const killer = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(killer);
    }
    this.keeper.stdin?.end();
  }
}

/** NATS speaks first: an INFO line says it is ready, an open port alone does not. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once('data', (chunk) => answer(chunk.toString().startsWith('INFO')));
    socket.once('error', () => answer(false));
    socket.once('close', () => resolve(false));
  });
}
