import { setTimeout as sleep } from 'node:timers/promises';
import {
  compileSchema,
  importPostings,
  type ImportPostingsResponse,
  importUsers,
  type ImportUsersResponse,
  SignInAnswer,
  type Static,
  TokenPair,
  type TSchema,
  verifyAudit,
} from '#contracts';
import { CommandFailed } from '../exit-codes.js';

/** Who calls: an account, or an API key. */
export type ApiAccount = {
  /** Base address, e.g. http://127.0.0.1:8002. */
  api: string;
} & (
  | {
      email: string;
      password: string;
      /** Asks for a code of the authenticator, or a recovery code; undefined where nobody is there to type one. */
      askForCode: () => Promise<string | undefined>;
    }
  | { key: string }
);

export type ApiClientOptions = ApiAccount & {
  /** Told when the client has to wait before it tries again. */
  onWait?: (reason: string, ms: number) => void;
  /** First pause after a failure; doubles. */
  firstPauseMs?: number;
};

/** The same key for the same body, so that a repetition after a lost answer is recognised. */
export interface RepeatableRequest {
  body: string;
  idempotencyKey: string;
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

/** The few calls of an admin's commands, patient with an API that is busy or restarting. */
export class ApiClient {
  private token: string | undefined;
  private refreshToken: string | undefined;

  constructor(private readonly options: ApiClientOptions) {}

  /** Fails with the API's own words when the account may not sign in. A key needs no signing in. */
  async signIn(): Promise<void> {
    if ('key' in this.options) {
      this.token = this.options.key;
      return;
    }
    const { email, password } = this.options;
    const first = await this.patiently(() => this.post('/api/v1/auth/login', JSON.stringify({ email, password }), {}));
    if (first.status !== 200) throw this.refused('sign in', first);
    if (!compileSchema(SignInAnswer).check(first.body)) throw this.strange('sign in');
    this.keep('mfa_required' in first.body ? await this.secondStep(first.body.mfa_token) : first.body);
  }

  /** Not tried again by itself: a code is good once. */
  private async secondStep(token: string): Promise<TokenPair> {
    if ('key' in this.options) throw this.strange('sign in');
    const { email, askForCode } = this.options;
    const typed = (await askForCode())?.replaceAll(/\s/g, '');
    if (typed === undefined || typed === '') {
      throw new CommandFailed(
        `${email} has a second factor: give its code with --code, or use an API key (--key-file).`,
      );
    }
    const proof = /^\d{6}$/.test(typed) ? { code: typed } : { recovery_code: typed };
    const answer = await this.post('/api/v1/auth/mfa/verify', JSON.stringify({ mfa_token: token, ...proof }), {});
    if (answer.status !== 200) throw this.refused('sign in', answer);
    if (!compileSchema(TokenPair).check(answer.body)) throw this.strange('sign in');
    return answer.body;
  }

  private keep({ access_token, refresh_token }: TokenPair): void {
    this.token = access_token;
    this.refreshToken = refresh_token;
  }

  /**
   * The access token ran out. Not patiently: of a lost answer the second try would look like a stolen token, and signing
   * in again is the way then.
   */
  private async renew(): Promise<void> {
    const body = JSON.stringify({ refresh_token: this.refreshToken });
    const answer = await this.post('/api/v1/auth/refresh', body, {}).catch(() => undefined);
    if (answer?.status === 200 && compileSchema(TokenPair).check(answer.body)) this.keep(answer.body);
    else await this.signIn();
  }

  /** Stores one chunk. */
  importChunk(chunk: RepeatableRequest): Promise<ImportPostingsResponse> {
    return this.send('import', '/api/v1/admin/jobs/import', chunk, importPostings.response);
  }

  importUsers(request: RepeatableRequest): Promise<ImportUsersResponse> {
    return this.send('import of users', '/api/v1/admin/users/import', request, importUsers.response);
  }

  /** One page of what is wrong with the audit log. */
  verifyAudit(after: string | undefined): Promise<Static<typeof verifyAudit.response>> {
    const path = `/api/v1/admin/audit/verification${after === undefined ? '' : `?after=${after}`}`;
    return this.call('verification', (headers) => this.get(path, headers), verifyAudit.response);
  }

  private send<R extends TSchema>(
    what: string,
    path: string,
    { body, idempotencyKey }: RepeatableRequest,
    response: R,
  ): Promise<Static<R>> {
    const post = (headers: Record<string, string>): Promise<Answer> =>
      this.post(path, body, { ...headers, 'idempotency-key': idempotencyKey });
    return this.call(what, post, response);
  }

  /** The access token may run out during long work: then it gets another one, once. */
  private async call<R extends TSchema>(
    what: string,
    request: (headers: Record<string, string>) => Promise<Answer>,
    response: R,
  ): Promise<Static<R>> {
    const send = () => this.patiently(() => request({ authorization: `Bearer ${this.token ?? ''}` }));
    let answer = await send();
    if (answer.status === 401 && !('key' in this.options)) {
      await this.renew();
      answer = await send();
    }
    if (answer.status !== 200) throw this.refused(what, answer);
    const schema = compileSchema(response);
    if (!schema.check(answer.body)) throw this.strange(what);
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

  private post(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    return this.exchange(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  }

  private get(path: string, headers: Record<string, string>): Promise<Answer> {
    return this.exchange(path, { headers });
  }

  private async exchange(path: string, request: { headers: Record<string, string> } & RequestInit): Promise<Answer> {
    const response = await fetch(new URL(path, this.options.api), {
      ...request,
      headers: { accept: 'application/json', ...request.headers },
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
