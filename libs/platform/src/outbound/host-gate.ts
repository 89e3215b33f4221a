import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  handleWhenResult,
} from 'cockatiel';
import type { Clock } from '#kernel';
import { failed, type OutboundOutcome } from './outcome.js';

export interface GateOptions {
  /** Calls to the host at the same time. */
  concurrency: number;
  /** Calls per second on average; unlimited without. */
  ratePerSecond?: number;
  /** Calls that may come at once after a pause. */
  burst: number;
  /** Calls that may wait for their turn. */
  maxWaiting: number;
  /** Pause of the breaker before it lets one call through to see. */
  halfOpenAfterMs: number;
}

const BREAKER_FAILURES = 5;

/**
 * Everything we owe one host: few calls at a time, a pace, silence after it said no, and none at all for a while after
 * five failures in a row (then one probe decides).
 */
export class HostGate {
  private active = 0;
  private readonly waiting: (() => void)[] = [];
  private tokens: number;
  private refilledAt: number;
  private blockedUntilMs = 0;
  private blockedStatus = 429;
  private readonly breaker: CircuitBreakerPolicy;

  constructor(
    private readonly options: GateOptions,
    private readonly clock: Clock,
  ) {
    this.tokens = options.burst;
    this.refilledAt = clock.monotonicMs();
    this.breaker = circuitBreaker(
      handleWhenResult((result) => isHostFailure(result)),
      { halfOpenAfter: options.halfOpenAfterMs, breaker: new ConsecutiveBreaker(BREAKER_FAILURES) },
    );
  }

  /** Waits for a turn and runs the call, or says at once why not. */
  async run<T extends { kind: string }>(call: () => Promise<T>, signal?: AbortSignal): Promise<T | OutboundOutcome> {
    const blocked = this.blocked();
    if (blocked !== undefined) return blocked;
    const turn = await this.takeTurn(signal);
    if (turn !== 'go') return failed(turn);
    try {
      if (!(await this.takeToken(signal))) return failed('aborted');
      // While waiting, another call may have learnt that the host does not want us.
      return this.blocked() ?? (await this.breaker.execute(call));
    } catch (error) {
      if (error instanceof BrokenCircuitError) return failed('circuit-open');
      throw error;
    } finally {
      this.endTurn();
    }
  }

  /** Nothing is sent for so long. */
  block(forMs: number, status: number): void {
    this.blockedUntilMs = Math.max(this.blockedUntilMs, this.clock.monotonicMs() + forMs);
    this.blockedStatus = status;
  }

  get idle(): boolean {
    return this.active === 0 && this.waiting.length === 0;
  }

  private blocked(): OutboundOutcome | undefined {
    const leftMs = this.blockedUntilMs - this.clock.monotonicMs();
    if (leftMs <= 0) return undefined;
    return { kind: 'blocked', status: this.blockedStatus, until: new Date(this.clock.now().getTime() + leftMs) };
  }

  private async takeTurn(signal?: AbortSignal): Promise<'go' | 'queue-full' | 'aborted'> {
    if (signal?.aborted === true) return 'aborted';
    if (this.active < this.options.concurrency) {
      this.active += 1;
      return 'go';
    }
    if (this.waiting.length >= this.options.maxWaiting) return 'queue-full';
    return new Promise((resolve) => {
      const start = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve('go');
      };
      const giveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        resolve('aborted');
      };
      this.waiting.push(start);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Hands the turn to the next in line, or gives it back. */
  private endTurn(): void {
    const next = this.waiting.shift();
    if (next !== undefined) next();
    else this.active -= 1;
  }

  /** False when aborted while waiting. */
  private async takeToken(signal?: AbortSignal): Promise<boolean> {
    const { ratePerSecond, burst } = this.options;
    if (ratePerSecond === undefined) return true;
    const now = this.clock.monotonicMs();
    this.tokens = Math.min(burst, this.tokens + ((now - this.refilledAt) / 1000) * ratePerSecond);
    this.refilledAt = now;
    // Taken in advance: those who come later wait longer.
    this.tokens -= 1;
    if (this.tokens >= 0) return true;
    return sleep((-this.tokens / ratePerSecond) * 1000, signal);
  }
}

/** What speaks against the host. That a single answer was too large or not understood does not. */
function isHostFailure(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false;
  const { kind, reason } = result as Partial<Extract<OutboundOutcome, { kind: 'failed' }>>;
  return kind === 'failed' && (reason === 'timeout' || reason === 'connection' || reason === 'server-error');
}

/** False when aborted before the time was up. */
export function sleep(ms: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = (): void => {
      signal?.removeEventListener('abort', stop);
      resolve(true);
    };
    const timer = setTimeout(done, ms);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
