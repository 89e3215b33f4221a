import type { Logger } from '../logging/index.js';

/**
 * The order in which a process ends. Nest calls its own hooks per module in no order one should rely on, so everything
 * that matters hooks in here. `share` is the part of the time still left that a phase may use.
 */
export const SHUTDOWN_PHASES = [
  /** /health/ready answers 503 from here on. */
  { name: 'not-ready', share: 0.05 },
  /** No new requests, messages, fires. */
  { name: 'stop-taking', share: 0.2 },
  /** Let finish what was taken. */
  { name: 'drain', share: 0.6 },
  /** Abort what is still running and give it back (nak), so that another replica takes it over at once. */
  { name: 'hand-back', share: 0.4 },
  /** Nest's own lifecycle hooks. */
  { name: 'close-app', share: 0.4 },
  { name: 'close-bus', share: 0.5 },
  { name: 'close-database', share: 0.5 },
  /** Telemetry and the health port. */
  { name: 'flush', share: 0.9 },
] as const;
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number]['name'];

/** `signal` fires when the time of the phase is up: stop waiting, the next phase starts. */
export type ShutdownHook = (signal: AbortSignal) => Promise<void> | void;

export interface ShutdownReport {
  /** False when a hook failed or did not finish in its time. */
  clean: boolean;
  ms: number;
}

export class ShutdownSequence {
  private readonly hooks = new Map<ShutdownPhase, { name: string; hook: ShutdownHook }[]>();
  private running: Promise<ShutdownReport> | undefined;

  constructor(private readonly logger: Logger) {}

  /** True from the first moment of the shutdown. */
  get started(): boolean {
    return this.running !== undefined;
  }

  /** Hooks of one phase run side by side; phases run one after the other. */
  add(phase: ShutdownPhase, name: string, hook: ShutdownHook): void {
    this.hooks.set(phase, [...(this.hooks.get(phase) ?? []), { name, hook }]);
  }

  /** Runs the sequence once; later calls wait for the first. */
  run(reason: string, timeoutMs: number): Promise<ShutdownReport> {
    this.running ??= this.runPhases(reason, timeoutMs);
    return this.running;
  }

  private async runPhases(reason: string, timeoutMs: number): Promise<ShutdownReport> {
    const started = performance.now();
    const elapsed = (): number => Math.round(performance.now() - started);
    this.logger.info('shutting down', { reason, timeout_ms: timeoutMs });
    let clean = true;
    for (const { name, share } of SHUTDOWN_PHASES) {
      const budget = Math.max(50, (timeoutMs - elapsed()) * share);
      const hooks = this.hooks.get(name) ?? [];
      const outcomes = await Promise.all(hooks.map((each) => this.runHook(name, each.name, each.hook, budget)));
      clean &&= outcomes.every(Boolean);
    }
    const report = { clean, ms: elapsed() };
    this.logger.info('shut down', { clean, duration_ms: report.ms });
    return report;
  }

  private async runHook(phase: ShutdownPhase, name: string, hook: ShutdownHook, budgetMs: number): Promise<boolean> {
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => {
        abort.abort();
        resolve('late');
      }, budgetMs);
    });
    try {
      const done = Promise.resolve(hook(abort.signal)).then(() => 'done' as const);
      if ((await Promise.race([done, late])) === 'done') return true;
      // The hook goes on unobserved; a late rejection must not become an unhandled one.
      done.catch((error: unknown) => this.logger.warn('late shutdown step failed', { phase, step: name }, error));
      this.logger.warn('shutdown step took too long', { phase, step: name, budget_ms: Math.round(budgetMs) });
      return false;
    } catch (error) {
      this.logger.error('shutdown step failed', error, { phase, step: name });
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
