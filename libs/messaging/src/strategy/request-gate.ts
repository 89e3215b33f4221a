import { AppError } from '#kernel';

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

  /**
   * A promise only where one has to wait; it rejects with `unavailable` when the line is full. Who came in must `leave`.
   */
  enter(): Promise<void> | undefined {
    if (this.running >= this.atOnce) return this.queue();
    this.running += 1;
    return undefined;
  }

  /** The place is handed on, so `running` stays as it is. */
  leave(): void {
    const next = this.line.shift();
    if (next !== undefined) return next();
    this.running -= 1;
    if (this.running === 0) for (const resolve of this.idle.splice(0)) resolve();
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
}
