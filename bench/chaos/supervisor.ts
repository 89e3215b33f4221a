import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcess } from './app-process.js';
import type { Fault } from './windows.js';

/** How one process ended: in a window by its own fault point, by our hand, or because it gave up. */
export type Death =
  | { app: string; how: 'window'; window: string; at: number }
  | { app: string; how: 'timer'; at: number }
  | { app: string; how: 'gave-up'; code: number | null; at: number };

/** Waits this long before a process that gave up by itself is started again (its database is away, say). */
const PAUSE_AFTER_GIVING_UP_MS = 500;

/** Starts a process again whenever it ends, as an orchestrator would; armed when the nemesis said so. */
export class Supervisor {
  readonly deaths: Death[] = [];
  /** From a death to ready again, while nothing else went wrong. */
  readonly recoveriesMs: number[] = [];
  private next: Fault | undefined;
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(readonly process: AppProcess) {}

  /** The process runs already. */
  watch(): void {
    this.loop = this.run();
  }

  /** What the next incarnation is armed with. */
  arm(fault: Fault | undefined): void {
    this.next = fault;
  }

  /** The death after the first `seen` ones, or undefined when it does not come in time. */
  async deathAfter(seen: number, patienceMs: number): Promise<Death | undefined> {
    const giveUpAt = performance.now() + patienceMs;
    while (this.deaths.length <= seen && performance.now() < giveUpAt) await sleep(20);
    return this.deaths[seen];
  }

  /** Until it answers well, or there is a death after the first `seen` ones. */
  async readyOrDead(seen: number, patienceMs: number): Promise<void> {
    const giveUpAt = performance.now() + patienceMs;
    while (this.deaths.length <= seen && performance.now() < giveUpAt) {
      if (await this.process.ready(1_000)) return;
    }
  }

  kill(): void {
    this.process.kill();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.process.kill();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const { signal, code, window } = await this.process.ended;
      const { app } = this.process;
      const at = Date.now();
      if (window !== undefined) this.deaths.push({ app, how: 'window', window, at });
      else if (signal === 'SIGKILL') this.deaths.push({ app, how: 'timer', at });
      else this.deaths.push({ app, how: 'gave-up', code, at });
      if (this.stopped) return;
      if (signal !== 'SIGKILL') await sleep(PAUSE_AFTER_GIVING_UP_MS);
      const fault = this.next;
      this.next = undefined;
      this.process.start(fault);
      void this.measure(at);
    }
  }

  private async measure(diedAt: number): Promise<void> {
    if (await this.process.ready()) this.recoveriesMs.push(Date.now() - diedAt);
  }
}
