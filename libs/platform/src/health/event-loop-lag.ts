/**
 * How late the event loop is. The process is alive as long as it turns the loop; a dependency that is down must not
 * restart it. A probe is answered by the same loop, so what it sees is the worst lag since the one before.
 */
export class EventLoopLag {
  private static readonly TICK_MS = 500;
  private expected = performance.now() + EventLoopLag.TICK_MS;
  private worst = 0;
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => {
      const now = performance.now();
      this.worst = Math.max(this.worst, now - this.expected);
      this.expected = now + EventLoopLag.TICK_MS;
    }, EventLoopLag.TICK_MS);
    this.timer.unref();
  }

  /** Worst lag in milliseconds since the last call. */
  take(): number {
    const worst = Math.max(this.worst, performance.now() - this.expected, 0);
    this.worst = 0;
    return worst;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
