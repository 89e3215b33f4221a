import { setTimeout as sleep } from 'node:timers/promises';
import { compileSchema, importPostings, type ImportPostingsResponse, TokenPair } from '#contracts';
import { CommandFailed } from '../exit-codes.js';
import type { Chunk } from './chunks.js';

export interface ApiAccount {
  /** Base address, e.g. http://127.0.0.1:8002. */
  api: string;
  email: string;
  password: string;
}

export interface ApiClientOptions extends ApiAccount {
  /** Told when the client has to wait before it tries again. */
  onWait?: (reason: string, ms: number) => void;
  /** First pause after a failure; doubles. */
  firstPauseMs?: number;
}

const REQUEST_TIMEOUT_MS = 60_000;
const ATTEMPTS = 6;
const MAX_PAUSE_MS = 60_000;
const TRY_AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

interface Answer {
  status: number;
  retryAfterMs?: number;
  body: unknown;
}

/** The few calls an import makes, patient with an API that is busy or restarting. */
export class ApiClient {
  private token: string | undefined;

  constructor(private readonly options: ApiClientOptions) {}

  /** Fails with the API's own words when the account may not sign in. */
  async signIn(): Promise<void> {
    const { email, password } = this.options;
    const answer = await this.patiently(() => this.post('/api/v1/auth/login', JSON.stringify({ email, password }), {}));
    if (answer.status !== 200) throw this.refused('sign in', answer);
    if (!compileSchema(TokenPair).check(answer.body)) throw this.strange('sign in');
    this.token = answer.body.access_token;
  }

  /** Stores one chunk. The access token may run out during a long import: then it signs in again, once. */
  async importChunk(chunk: Chunk): Promise<ImportPostingsResponse> {
    const send = () =>
      this.patiently(() =>
        this.post('/api/v1/admin/jobs/import', chunk.body, {
          authorization: `Bearer ${this.token ?? ''}`,
          'idempotency-key': chunk.idempotencyKey,
        }),
      );
    let answer = await send();
    if (answer.status === 401) {
      await this.signIn();
      answer = await send();
    }
    if (answer.status !== 200) throw this.refused('import', answer);
    if (!compileSchema(importPostings.response).check(answer.body)) throw this.strange('import');
    return answer.body;
  }

  private async patiently(call: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      let reason: string;
      let wanted: number | undefined;
      try {
        const answer = await call();
        if (!TRY_AGAIN.has(answer.status) || attempt === ATTEMPTS) return answer;
        reason = `the API answered ${answer.status}`;
        wanted = answer.retryAfterMs;
      } catch (error) {
        reason = reasonOf(error);
        if (attempt === ATTEMPTS) {
          throw new CommandFailed(
            `${this.options.api} cannot be reached (${reason}). Start the platform (make start), or name its address with --api.`,
          );
        }
      }
      const pause = Math.min(wanted ?? (this.options.firstPauseMs ?? 500) * 2 ** (attempt - 1), MAX_PAUSE_MS);
      this.options.onWait?.(reason, pause);
      await sleep(pause);
    }
  }

  private async post(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(new URL(path, this.options.api), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      status: response.status,
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
      body: parse(await response.text()),
    };
  }

  private refused(what: string, { status, body }: Answer): CommandFailed {
    const hint = status === 403 ? ' The account needs the role admin.' : '';
    return new CommandFailed(`${what} was refused (${status}): ${messageOf(body)}${hint}`);
  }

  private strange(what: string): CommandFailed {
    return new CommandFailed(`${this.options.api} answered '${what}' in a shape we do not know. Is it this platform?`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 200);
  }
}

/** `{ error: { message, details } }`, or whatever a proxy in between said. */
function messageOf(body: unknown): string {
  const error: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : undefined;
  if (typeof error !== 'object' || error === null) return typeof body === 'string' ? body : JSON.stringify(body);
  const message: unknown = Reflect.get(error, 'message');
  const details: unknown = Reflect.get(error, 'details');
  const more = Array.isArray(details) && details.length > 0 ? ` ${JSON.stringify(details.slice(0, 5))}` : '';
  return `${typeof message === 'string' ? message : 'no reason given'}${more}`;
}

/** fetch wraps what happened on the socket. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && cause.message !== '') return cause.message;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  return typeof code === 'string' ? code : error.message;
}
