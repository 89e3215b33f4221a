import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The folder that holds the compiled apps, libs and bench. */
const DIST = new URL('../../', import.meta.url);
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 30_000;

export interface ChildPlan {
  name: string;
  /** Below dist/. */
  script: string;
  env?: Readonly<Record<string, string>>;
  args?: readonly string[];
  nodeArgs?: readonly string[];
  /** Where its output goes. */
  folder: string;
  /** False where standard input carries messages. */
  tethered?: boolean;
}

/** A node process of the benchmark; it ends with the benchmark, however that ends. */
export class Child {
  private readonly lines: string[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly gone: Promise<void>;
  private ended = false;

  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
    private readonly logFile: string,
  ) {
    this.gone = new Promise((resolve) => {
      process.once('exit', () => {
        this.ended = true;
        resolve();
        this.wake();
      });
    });
  }

  static start(plan: ChildPlan): Child {
    const logFile = join(plan.folder, `${plan.name}.out`);
    const tether = new URL('bench/support/tether.js', DIST).href;
    const child = spawn(
      process.execPath,
      [
        ...(plan.nodeArgs ?? []),
        ...profiling(plan.name),
        ...(plan.tethered === false ? [] : ['--import', tether]),
        fileURLToPath(new URL(plan.script, DIST)),
        ...(plan.args ?? []),
      ],
      { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...plan.env } },
    );
    const log = createWriteStream(logFile);
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    // It may be dead before it reads its end of the tether.
    child.stdin.on('error', () => undefined);
    const started = new Child(plan.name, child, logFile);
    createInterface({ input: child.stdout }).on('line', (line) => {
      started.lines.push(line);
      started.wake();
    });
    return started;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** One line to its standard input. */
  tell(message: unknown): void {
    this.process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** The first line not taken yet that begins with `prefix`, without it. */
  async said(prefix: string, patienceMs = START_PATIENCE_MS): Promise<string> {
    const giveUpAt = performance.now() + patienceMs;
    for (;;) {
      const at = this.lines.findIndex((line) => line.startsWith(prefix));
      if (at >= 0) return this.lines.splice(at, 1)[0]?.slice(prefix.length) ?? '';
      if (this.ended || performance.now() > giveUpAt) throw this.failure(`did not say "${prefix}"`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, 1_000);
        const { waiting } = this;
        function done(): void {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        }
        waiting.add(done);
      });
    }
  }

  async healthy(url: string): Promise<void> {
    const giveUpAt = performance.now() + START_PATIENCE_MS;
    while (!(await answersWell(url))) {
      if (this.ended || performance.now() > giveUpAt) throw this.failure(`does not become ready at ${url}`);
      await sleep(20);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async stop(): Promise<void> {
    if (!this.ended) this.process.kill('SIGTERM');
    const killer = setTimeout(() => this.process.kill('SIGKILL'), STOP_PATIENCE_MS);
    await this.gone;
    clearTimeout(killer);
  }

  private wake(): void {
    for (const listener of [...this.waiting]) listener();
  }

  private failure(what: string): Error {
    return new Error(`${this.name} ${what}:\n${readFileSync(this.logFile, 'utf8').slice(-3_000)}`);
  }
}

/** `BENCH_PROFILE=gateway,jobs-ingestion` writes a CPU profile of these processes into BENCH_PROFILE_DIR. */
function profiling(name: string): string[] {
  const wanted = (process.env['BENCH_PROFILE'] ?? '').split(',');
  const folder = process.env['BENCH_PROFILE_DIR'] ?? '.';
  return wanted.includes(name) ? ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`] : [];
}

async function answersWell(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // Not there yet.
    return false;
  }
}
