import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppName } from '#contracts';
import type { Fault } from './windows.js';

export interface AppPlan {
  app: AppName;
  /** Folder with dist/, ending in a slash. */
  dist: URL;
  env: Readonly<Record<string, string>>;
  /** Where it says whether it is ready. */
  healthUrl: string;
  folder: string;
}

export interface Ended {
  signal: NodeJS.Signals | null;
  code: number | null;
  /** The window it died in by itself. */
  window?: string;
}

const READY_PATIENCE_MS = 180_000;

/** One app of the deployed shape as a process; started again and again. */
export class AppProcess {
  private child: ChildProcess | undefined;
  /** Resolves when the process that runs now is gone. */
  ended: Promise<Ended> = Promise.resolve({ signal: null, code: 0 });
  private readonly faultLog: string;

  constructor(private readonly plan: AppPlan) {
    this.faultLog = join(plan.folder, `${plan.app}.faults`);
  }

  get app(): AppName {
    return this.plan.app;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  start(fault?: Fault): void {
    if (this.child !== undefined) throw new Error(`${this.app} is running already`);
    const { app, dist, env, folder } = this.plan;
    const output = openSync(join(folder, `${app}.out`), 'a');
    const child = spawn(
      process.execPath,
      [
        '--import',
        new URL('./tether.js', import.meta.url).href,
        fileURLToPath(new URL(`apps/${app}/src/main.js`, dist)),
      ],
      {
        stdio: ['pipe', output, output],
        env: {
          PATH: process.env.PATH,
          ...env,
          ...(fault === undefined ? {} : { FAULT: `${fault.point}:${fault.hit}`, FAULT_LOG: this.faultLog }),
        },
      },
    );
    closeSync(output);
    // It may be dead before it reads its end of the tether.
    child.stdin?.on('error', () => undefined);
    this.child = child;
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        this.child = undefined;
        resolve({ code, signal, window: child.pid === undefined ? undefined : this.windowOf(child.pid) });
      });
    });
  }

  kill(): void {
    this.child?.kill('SIGKILL');
  }

  /** False when it ended before it was ready, or never was within the patience. */
  async ready(patienceMs = READY_PATIENCE_MS): Promise<boolean> {
    const child = this.child;
    const giveUpAt = performance.now() + patienceMs;
    while (this.child === child && child !== undefined && performance.now() < giveUpAt) {
      if (await answersWell(this.plan.healthUrl)) return this.child === child;
      await sleep(50);
    }
    return false;
  }

  /** What a process said before it ended in a way nobody wished. */
  lastWords(): string {
    const read = (name: string): string => {
      const path = join(this.plan.folder, name);
      return existsSync(path) ? readFileSync(path, 'utf8').slice(-1500) : '';
    };
    return `${read(`${this.app}.out`)}\n${read(`${this.app}.log`)}`;
  }

  private windowOf(pid: number): string | undefined {
    if (!existsSync(this.faultLog)) return undefined;
    const lines = readFileSync(this.faultLog, 'utf8').split('\n');
    return lines.map((line) => line.split(' ')).findLast(([, of]) => of === String(pid))?.[0];
  }
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
