import { setTimeout as sleep } from 'node:timers/promises';

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
  key?: string;
  headers?: Record<string, string>;
}

export type Answer =
  | { kind: 'ok'; status: number; text: string }
  /** A definite no. */
  | { kind: 'refused'; status: number; code: string; text: string }
  | { kind: 'unknown'; reason: string };

const TIMEOUT_MS = 15_000;
const LONGEST_PAUSE_MS = 1_000;
/** It is neither done nor refused: ask again. */
const ASK_AGAIN = new Set(['IDEMPOTENCY_KEY_IN_PROGRESS', 'RATE_LIMITED', 'TOO_MANY_REQUESTS']);

/** One signed-in person at the gateway. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  async once({ method, path, body, key, headers }: Request): Promise<Answer> {
    try {
      const answer = await fetch(`${this.url}/api/v1${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await answer.text();
      if (answer.ok) return { kind: 'ok', status: answer.status, text };
      const code = codeOf(text);
      if (answer.status >= 500 || ASK_AGAIN.has(code)) return { kind: 'unknown', reason: `${answer.status} ${code}` };
      return { kind: 'refused', status: answer.status, code, text };
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.name : 'no answer' };
    }
  }

  /** Until there is a definite answer or nobody waits for one any more. `tries` counts every request. */
  async insist(request: Request, patience: { until: () => number }): Promise<{ answer: Answer; tries: number }> {
    let pause = 50;
    for (let tries = 1; ; tries += 1) {
      const answer = await this.once(request);
      if (answer.kind !== 'unknown' || performance.now() > patience.until()) return { answer, tries };
      await sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }
}

function codeOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    const error: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'error') : undefined;
    const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
    return typeof code === 'string' ? code : text.slice(0, 80);
  } catch {
    return text.slice(0, 80);
  }
}
