import type { Logger, ShutdownSequence } from '#platform';

/** Repeats a round of work with a pause in between, and at once when rung. Never two rounds at a time. */
export class Loop {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;

  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly round: () => Promise<unknown>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.plan(this.everyMs);
  }

  /** There is work now. */
  ring(): void {
    if (this.stopped) return;
    if (this.running === undefined) this.plan(0);
    else this.again = true;
  }

  stopIn(shutdown: ShutdownSequence): void {
    shutdown.add('stop-taking', this.name, () => {
      this.stopped = true;
      clearTimeout(this.timer);
    });
    shutdown.add('drain', this.name, () => this.running);
  }

  private plan(inMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, inMs);
    this.timer.unref();
  }

  private async run(): Promise<void> {
    this.again = false;
    try {
      await this.round();
    } catch (error) {
      this.logger.warn('a round of work failed and will be tried again', { loop: this.name }, error);
    }
    this.running = undefined;
    if (!this.stopped) this.plan(this.again ? 0 : this.everyMs);
  }
}
