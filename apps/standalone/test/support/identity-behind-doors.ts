import { expect } from '@jest/globals';
import { TokenPair, User } from '#contracts';
import { newId } from '#kernel';
import { eventually, type TestDatabase } from '#testing';
import { OwnerService } from '../../../identity/src/index.js';
import { type RunningDoor, shaped, startRunningDoor } from './running-door.js';

export { shaped } from './running-door.js';

const PASSWORD = 'seven purple elephants';

export interface Reply {
  status: number;
  body: unknown;
  /** Of the public error, where it is one. */
  code: string | undefined;
}

/** Identity and two gateways on one broker: what one gateway learns, the other must know. */
export class IdentityBehindDoors {
  private constructor(private readonly door: RunningDoor) {}

  static async start(): Promise<IdentityBehindDoors> {
    return new IdentityBehindDoors(await startRunningDoor({ gateways: 2 }));
  }

  get db(): TestDatabase {
    return this.door.db;
  }

  urlOf(door: 0 | 1 = 0): string {
    return this.door.gateways[door]?.url ?? '';
  }

  async send(
    method: string,
    path: string,
    options: { credential?: string; body?: unknown; headers?: Record<string, string>; door?: 0 | 1 } = {},
  ): Promise<Reply> {
    const { credential, body, door = 0 } = options;
    const headers: Record<string, string> = { ...options.headers };
    if (credential !== undefined) headers.authorization = `Bearer ${credential}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(`${this.urlOf(door)}/api/v1${path}`, {
      method,
      headers,
      redirect: 'manual',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    return { status: response.status, body: parsed, code: codeOf(parsed) };
  }

  /** A new account, signed in. */
  async somebody(): Promise<{ id: string; token: string; refresh: string }> {
    const email = `${newId()}@example.com`;
    const { body } = await this.send('POST', '/auth/register', {
      body: { email, password: PASSWORD, full_name: 'Ada' },
    });
    const { access_token: token, refresh_token: refresh } = await this.signIn(email, PASSWORD);
    return { id: shaped(User, body).id, token, refresh };
  }

  async owner(): Promise<string> {
    const password = 'eight yellow giraffes';
    const { email } = await this.door.identity.app.get(OwnerService, { strict: false }).createOwner({ password });
    return (await this.signIn(email, password)).access_token;
  }

  /** Answered with this status at both gateways within a second from now. */
  async soon(status: number, path: string, credential: string): Promise<void> {
    await eventually(
      async () => {
        const answers = await Promise.all(
          ([0, 1] as const).map((door) => this.send('GET', path, { credential, door })),
        );
        expect(answers.map((answer) => answer.status)).toEqual([status, status]);
      },
      { timeoutMs: 1000 },
    );
  }

  stop(): Promise<void> {
    return this.door.stop();
  }

  private async signIn(email: string, password: string): Promise<TokenPair> {
    return shaped(TokenPair, (await this.send('POST', '/auth/login', { body: { email, password } })).body);
  }
}

function codeOf(body: unknown): string | undefined {
  const error: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : undefined;
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
