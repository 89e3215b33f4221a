import { errorCode, isError } from '../errors/error-facts.js';

/** What the gateway hears from each service (heartbeats travel over the bus; this is their shape). */
export interface HealthSnapshot {
  service: string;
  version: string;
  ready: boolean;
  /** null where the process has none. */
  database: 'connected' | 'disconnected' | null;
  bus: 'connected' | 'disconnected' | null;
  /** ISO-8601. */
  at: string;
}

/** Resolves when this replica's own resource can be used; rejects, or stays silent for a second, otherwise. */
export type ReadinessCheck = (signal: AbortSignal) => Promise<void> | void;

export interface CheckResult {
  name: string;
  ok: boolean;
  ms: number;
  /** Name of what went wrong; never its text, which may hold addresses and credentials. */
  reason?: string;
}

export interface Readiness {
  ready: boolean;
  reason?: 'starting' | 'shutting-down' | 'check-failed';
  checks: CheckResult[];
}

const CHECK_TIMEOUT_MS = 1000;
/** Probes, the balancer and the gateway may all ask at once; one round of checks answers them. */
const FRESH_MS = 250;

/**
 * Whether this replica can serve *now*. Holds only its own resources (its pool, its bus connection): another service
 * in here would take everything out of rotation at once.
 */
export class HealthRegistry {
  private readonly checks = new Map<string, ReadinessCheck>();
  private phase: 'starting' | 'started' | 'stopping' = 'starting';
  private round: { at: number; results: Promise<CheckResult[]> } | undefined;

  /** A service composed with others names its check after itself, e.g. `database:identity`. */
  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
    this.round = undefined;
  }

  markStarted(): void {
    if (this.phase === 'starting') this.phase = 'started';
  }

  markStopping(): void {
    this.phase = 'stopping';
  }

  get started(): boolean {
    return this.phase !== 'starting';
  }

  async readiness(): Promise<Readiness> {
    if (this.phase === 'stopping') return { ready: false, reason: 'shutting-down', checks: [] };
    const checks = await this.results();
    if (this.phase === 'starting') return { ready: false, reason: 'starting', checks };
    return checks.every((check) => check.ok)
      ? { ready: true, checks }
      : { ready: false, reason: 'check-failed', checks };
  }

  private results(): Promise<CheckResult[]> {
    const now = performance.now();
    if (this.round !== undefined && now - this.round.at < FRESH_MS) return this.round.results;
    const results = Promise.all([...this.checks].map(([name, check]) => runCheck(name, check)));
    this.round = { at: now, results };
    return results;
  }
}

async function runCheck(name: string, check: ReadinessCheck): Promise<CheckResult> {
  const started = performance.now();
  const abort = new AbortController();
  const result = (ok: boolean, reason?: string): CheckResult => ({
    name,
    ok,
    ms: Math.round(performance.now() - started),
    reason,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => {
      abort.abort();
      resolve(result(false, `no answer within ${CHECK_TIMEOUT_MS} ms`));
    }, CHECK_TIMEOUT_MS);
  });
  const answer = new Promise<void>((resolve) => resolve(check(abort.signal))).then(
    () => result(true),
    (error: unknown) => result(false, errorCode(error) ?? (isError(error) ? error.name : 'Error')),
  );
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return first;
}
