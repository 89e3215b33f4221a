import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppName } from '#contracts';
import { KEEPER } from '../nats/nats-process.js';

export interface AppProcessOptions {
  app: AppName;
  /** `dist/apps/<app>/src/main.js`, absolute. */
  entry: string;
  env: Readonly<Record<string, string>>;
  healthPort: number;
  logFile: string;
  startTimeoutMs: number;
  /** Every line the process writes, for a terminal. */
  onLine?: (line: string) => void;
}

const LAST_LINES = 40;

/** One app as a process of its own. It is killed when we die, however we die. */
export class AppProcess {
  readonly app: AppName;
  readonly healthUrl: string;
  private keeper: ChildProcess | undefined;
  private childPid = 0;
  private readonly log: WriteStream;
  private last: string[] = [];

  constructor(private readonly options: AppProcessOptions) {
    this.app = options.app;
    this.healthUrl = `http://127.0.0.1:${options.healthPort}`;
    this.log = createWriteStream(options.logFile, { flags: 'a' });
  }

  get pid(): number {
    return this.childPid;
  }

  get isRunning(): boolean {
    return this.keeper !== undefined && this.keeper.exitCode === null && this.keeper.signalCode === null;
  }

  /** Resolves when the app says it is ready. `more` settings are for this start alone. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.launch(more);
    await this.ready();
  }

  /** Resolves when the process exists; whoever waits for it asks `ready`. */
  async launch(more: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.isRunning) throw new Error(`${this.app} runs already`);
    const { entry, env, onLine } = this.options;
    this.last = [];
    const keeper = spawn('/bin/sh', ['-c', KEEPER, 'app-keeper', process.execPath, '--enable-source-maps', entry], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, TZ: 'UTC', ...env, ...more },
      // A Ctrl-C is for us; we end the apps in order.
      detached: true,
    });
    // An app that dies takes its pipe along; writing to it then is no error of ours.
    keeper.stdin.on('error', () => undefined);
    keeper.stderr.pipe(this.log, { end: false });
    createInterface({ input: keeper.stderr }).on('line', (line) => {
      this.last = [...this.last.slice(1 - LAST_LINES), line];
      onLine?.(line);
    });
    this.keeper = keeper;
    const [first] = (await once(keeper.stdout, 'data')) as [Buffer];
    this.childPid = Number(first.toString().trim());
  }

  async ready(): Promise<void> {
    const giveUpAt = performance.now() + this.options.startTimeoutMs;
    while (!(await answersOk(`${this.healthUrl}/health/ready`))) {
      if (!this.isRunning || performance.now() > giveUpAt) {
        const why = this.isRunning ? 'was not ready in time' : 'ended at its start';
        await this.kill9();
        throw new Error(`${this.app} ${why}:\n${this.last.join('\n')}`);
      }
      await sleep(50);
    }
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) process.kill(this.childPid, signal);
  }

  /** Resolves when it has died by itself. */
  async died(patienceMs: number): Promise<void> {
    const giveUpAt = performance.now() + patienceMs;
    while (this.isRunning) {
      if (performance.now() > giveUpAt) throw new Error(`${this.app} still runs after ${patienceMs / 1000} s`);
      await sleep(20);
    }
  }

  /** Power off: no handler of the app runs. */
  async kill9(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Answers the exit code of an orderly shutdown. */
  stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const { keeper } = this;
    if (keeper === undefined) return null;
    if (this.isRunning) {
      const gone = once(keeper, 'exit');
      this.signal(signal);
      const killer = setTimeout(() => this.signal('SIGKILL'), 30_000);
      await gone;
      clearTimeout(killer);
    }
    keeper.stdin?.end();
    return keeper.exitCode;
  }
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Not listening yet, or gone.
    return false;
  }
}
