import { Logger } from '@nestjs/common';
import { toDatabaseError } from '../database-error.js';
import { codeOf } from '../error-code.js';

export interface StatementOutcome {
  service: string;
  statement: string;
  seconds: number;
  failed: boolean;
}

/** Times every statement, logs the slow ones by name and takes the values out of errors. */
export class Statements {
  private readonly logger = new Logger('Database');

  constructor(
    private readonly service: string,
    private readonly slowMs: number,
    private readonly record: (outcome: StatementOutcome) => void = () => undefined,
  ) {}

  async observe<T>(statement: string, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    let failed = false;
    try {
      return await run();
    } catch (error) {
      failed = true;
      throw toDatabaseError(statement, error);
    } finally {
      const ms = performance.now() - started;
      this.record({ service: this.service, statement, seconds: ms / 1000, failed });
      if (ms > this.slowMs) {
        this.logger.warn({ message: 'slow statement', service: this.service, statement, duration_ms: Math.round(ms) });
      }
    }
  }

  connectionLost(error: unknown): void {
    const code = codeOf(error) ?? 'closed by the server';
    this.logger.warn({ message: 'an idle database connection was lost', service: this.service, code });
  }
}
