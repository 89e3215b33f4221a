import type { Logger, Metrics } from '#platform';
import { toDatabaseError } from '../database-error.js';
import { codeOf } from '../error-code.js';

/** Where statements are reported; without it they run silently. */
export interface Reporting {
  logger?: Logger;
  metrics?: Metrics;
}

/** Times every statement, logs the slow ones by name and takes the values out of errors. */
export class Statements {
  constructor(
    private readonly service: string,
    private readonly slowMs: number,
    private readonly reporting: Reporting,
  ) {}

  async observe<T>(statement: string, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    let outcome: 'ok' | 'error' = 'ok';
    try {
      return await run();
    } catch (error) {
      outcome = 'error';
      throw toDatabaseError(statement, error);
    } finally {
      this.report(statement, outcome, performance.now() - started);
    }
  }

  connectionLost(error: unknown): void {
    const code = codeOf(error) ?? 'closed by the server';
    this.reporting.logger?.warn('an idle database connection was lost', { service: this.service, code });
  }

  private report(statement: string, outcome: 'ok' | 'error', ms: number): void {
    this.reporting.metrics?.observeStatement(statement, outcome, ms / 1000);
    if (ms <= this.slowMs) return;
    const fields = { service: this.service, statement, duration_ms: Math.round(ms) };
    this.reporting.logger?.warn('slow statement', fields);
  }
}
