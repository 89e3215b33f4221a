import { AppError } from '#kernel';
import type { RpcContext } from '../rpc/rpc-context.js';
import { deadlinePassed } from '../rpc/rpc-client.impl.js';

/**
 * Lets a bounded number of requests of one service run at once. Without it a burst would wait inside the database pool,
 * where nobody sees that its deadline passed, and every answer would be late instead of some refused.
 */
export class RequestGate {
  private running = 0;
  private readonly line: (() => void)[] = [];
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly waiting: number,
  ) {}

  /** Rejects with `unavailable` when the line is full and `timeout` when the deadline passed in it. */
  async run<T>(subject: string, context: RpcContext, work: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) await this.queue();
    else this.running += 1;
    try {
      if (context.timeoutMs <= 0) throw deadlinePassed(subject);
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Resolves when nothing runs or waits. */
  async drained(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private async queue(): Promise<void> {
    if (this.line.length >= this.waiting) {
      throw new AppError({
        code: 'SERVICE_UNAVAILABLE',
        kind: 'unavailable',
        message: 'Too many requests are waiting here right now; try again in a moment.',
        retryAfterMs: 1000,
      });
    }
    await new Promise<void>((resolve) => this.line.push(resolve));
  }

  /** The place is handed on, so `running` stays as it is. */
  private leave(): void {
    const next = this.line.shift();
    if (next !== undefined) return next();
    this.running -= 1;
    if (this.running === 0) for (const resolve of this.idle.splice(0)) resolve();
  }
}
