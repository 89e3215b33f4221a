import { join } from 'node:path';
import type { AppName } from '#contracts';
import { freePort } from '../../libs/testing/src/free-port.js';
import type { NatsHandle } from '../../libs/testing/src/nats/index.js';
import { Child } from './child.js';
import type { BenchDatabase } from './rig.js';

const OWNER = { email: 'owner@bench.example', password: 'seven amber windmills' };

/** The limiter counts every request and never refuses one. */
const HIGH_LIMITS = {
  RATE_LIMIT_CREDENTIALS: '1000000',
  RATE_LIMIT_SEARCH: '1000000',
  RATE_LIMIT_GENERAL: '1000000',
  RATE_LIMIT_GENERAL_HOURLY: '60000000',
};

export interface AppsPlan {
  apps: readonly AppName[];
  database: BenchDatabase;
  nats: NatsHandle;
  folder: string;
  /** For all of them. */
  env?: Readonly<Record<string, string>>;
  /** Beside what every app gets. */
  envOf?: Partial<Record<AppName, Readonly<Record<string, string>>>>;
}

/** Some of the seven apps as processes, as they are deployed. */
export class Apps {
  private constructor(
    readonly url: string,
    private readonly children: ReadonlyMap<AppName, Child>,
  ) {}

  static async start(plan: AppsPlan): Promise<Apps> {
    const apiPort = await freePort();
    const children = new Map<AppName, Child>();
    const ready: Promise<void>[] = [];
    for (const app of plan.apps) {
      const healthPort = await freePort();
      const child = Child.start({
        name: app,
        script: `apps/${app}/src/main.js`,
        folder: plan.folder,
        env: {
          LOG_FILE: join(plan.folder, `${app}.log`),
          DATA_DIR: join(plan.folder, 'data'),
          HEALTH_PORT: String(healthPort),
          ...plan.nats.settingsFor(app),
          ...(app === 'gateway'
            ? { API_PORT: String(apiPort), ...HIGH_LIMITS }
            : { DATABASE_URL: plan.database.urlOf(app) }),
          ...(app === 'identity' || app === 'notifications' ? { FIELD_KEYS: plan.database.fieldKeys } : {}),
          ...(app === 'identity'
            ? {
                IDENTITY_KEY_SECRET: plan.database.identityKey,
                OWNER_EMAIL: OWNER.email,
                OWNER_PASSWORD: OWNER.password,
                ACCESS_TOKEN_TTL: '12h',
              }
            : {}),
          ...(app === 'jobs-ingestion' ? { INGESTION_CRON: 'off' } : {}),
          ...plan.env,
          ...plan.envOf?.[app],
        },
      });
      children.set(app, child);
      ready.push(child.healthy(`http://127.0.0.1:${healthPort}/health/ready`));
    }
    const apps = new Apps(`http://127.0.0.1:${apiPort}`, children);
    await Promise.all(ready);
    return apps;
  }

  get pids(): number[] {
    return [...this.children.values()].map(({ pid }) => pid);
  }

  pidsOf(...names: AppName[]): number[] {
    return names.map((name) => this.children.get(name)?.pid ?? 0);
  }

  /** An access token of the installation's owner, who is an admin. */
  async ownerToken(): Promise<string> {
    const answer = await this.post('/api/v1/auth/login', OWNER);
    const { access_token: token } = answer as { access_token: string };
    return token;
  }

  post(path: string, body: unknown, token?: string): Promise<unknown> {
    return this.send('POST', path, body, token);
  }

  put(path: string, body: unknown, token?: string): Promise<unknown> {
    return this.send('PUT', path, body, token);
  }

  private send(method: string, path: string, body: unknown, token?: string): Promise<unknown> {
    return this.ask(path, token, {
      method,
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  get(path: string, token?: string): Promise<unknown> {
    return this.ask(path, token, {});
  }

  async stop(): Promise<void> {
    await Promise.all([...this.children.values()].map((child) => child.stop()));
  }

  private async ask(path: string, token: string | undefined, request: RequestInit): Promise<unknown> {
    const headers = new Headers(request.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    const answer = await fetch(`${this.url}${path}`, { ...request, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as unknown;
  }
}
