/** Wakes whoever waits. A ring that nobody waited for is remembered, so none is lost between a look and a wait. */
export class Bell {
  private rung = false;
  private waiters: (() => void)[] = [];

  ring(): void {
    this.rung = true;
    const waiters = this.waiters;
    this.waiters = [];
    for (const wake of waiters) wake();
  }

  /** Resolves at the next ring, or after `ms`. */
  async wait(ms?: number): Promise<void> {
    if (!this.rung) await this.nextRing(ms);
    this.rung = false;
  }

  private nextRing(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
