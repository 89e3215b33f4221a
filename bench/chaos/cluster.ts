import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS, type AppName } from '#contracts';
import { type EmbeddedPostgres, migrate, type SchemaOwner, startEmbeddedPostgres, urlForRole } from '#persistence';
import { generateFieldKey } from '#platform';
import { freePort } from '../../libs/testing/src/free-port.js';
// Not through the index: that one also loads what only works inside jest.
import { type NatsHandle, startNats } from '../../libs/testing/src/nats/index.js';
import pg from 'pg';
import { allSchemas } from '../../apps/standalone/src/compose.js';
import { AppProcess } from './app-process.js';
import { installWitness } from './witness.js';

export const OWNER = { email: 'owner@chaos.example', password: 'nine violet harbours' };

/** The deployed shape on one machine: PostgreSQL, NATS with its users, seven processes. */
export class Cluster {
  private constructor(
    readonly folder: string,
    readonly apiUrl: string,
    readonly postgres: EmbeddedPostgres,
    readonly nats: NatsHandle,
    readonly apps: ReadonlyMap<AppName, AppProcess>,
    /** As the admin, who sees all schemas. */
    readonly database: pg.Pool,
  ) {}

  static async start(options: { dist: URL }): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'career-chaos-'));
    chmodSync(folder, 0o755);
    const [postgres, nats] = await Promise.all([
      startEmbeddedPostgres({
        dataDir: join(folder, 'postgres'),
        // Processes are killed, not the machine: the kernel has the data.
        unsafe: true,
        removeWhenOwnerGone: folder,
        settings: { max_connections: '200', shared_buffers: '128MB' },
      }),
      startNats({ storeDir: join(folder, 'nats') }),
    ]);
    const passwords = rolePasswords();
    await migrate({ adminUrl: postgres.adminUrl, schemas: allSchemas, rolePasswords: passwords });
    const database = new pg.Pool({ connectionString: postgres.adminUrl, max: 4, allowExitOnIdle: true });
    // Idle connections die with every restart of the server.
    database.on('error', () => undefined);
    await installWitness(database);

    const apiPort = await freePort();
    const apiUrl = `http://127.0.0.1:${apiPort}`;
    const apps = new Map<AppName, AppProcess>();
    const identityKey = randomBytes(32).toString('hex');
    const fieldKeys = generateFieldKey('chaos');
    for (const app of APPS) {
      const healthPort = await freePort();
      const own: Record<string, string> =
        app === 'gateway'
          ? { API_PORT: String(apiPort), ...NO_LIMITS }
          : { DATABASE_URL: urlForRole(postgres.adminUrl, app, passwords[app]), DATABASE_POOL_SIZE: '6' };
      if (app === 'identity' || app === 'notifications') own.FIELD_KEYS = fieldKeys;
      if (app === 'identity') Object.assign(own, CHEAP_IDENTITY, { IDENTITY_KEY_SECRET: identityKey });
      if (app === 'ai-content') Object.assign(own, NO_CAPS);
      if (app === 'jobs-ingestion') own.INGESTION_CRON = 'off';
      apps.set(
        app,
        new AppProcess({
          app,
          dist: options.dist,
          folder,
          healthUrl: `http://127.0.0.1:${healthPort}/health/ready`,
          env: {
            NODE_ENV: 'test',
            LOG_LEVEL: 'warn',
            LOG_FILE: join(folder, `${app}.log`),
            DATA_DIR: join(folder, 'data'),
            HEALTH_PORT: String(healthPort),
            ...nats.settingsFor(app),
            ...own,
          },
        }),
      );
    }
    return new Cluster(folder, apiUrl, postgres, nats, apps, database);
  }

  app(name: AppName): AppProcess {
    const app = this.apps.get(name);
    if (app === undefined) throw new Error(`no process ${name}`);
    return app;
  }

  /** Starts what is not running, unarmed, and waits for all. */
  async startAll(): Promise<void> {
    for (const app of this.apps.values()) if (!app.isRunning) app.start();
    for (const app of this.apps.values()) {
      if (!(await app.ready())) throw new Error(`${app.app} does not become ready:\n${app.lastWords()}`);
    }
  }

  async stop(options: { keep: boolean }): Promise<void> {
    const ends = [...this.apps.values()].map((app) => app.ended);
    for (const app of this.apps.values()) app.kill();
    await Promise.all(ends);
    await this.database.end();
    await this.nats.stop();
    await this.postgres.stop('immediate');
    if (!options.keep) rmSync(this.folder, { recursive: true, force: true });
  }
}

function rolePasswords(): Record<SchemaOwner, string> {
  const password = (): string => randomBytes(12).toString('hex');
  return {
    identity: password(),
    'jobs-ingestion': password(),
    applications: password(),
    'ai-content': password(),
    analytics: password(),
    notifications: password(),
    bus: password(),
  };
}

const NO_LIMITS = {
  RATE_LIMIT_CREDENTIALS: '0',
  RATE_LIMIT_SEARCH: '0',
  RATE_LIMIT_GENERATION: '0',
  RATE_LIMIT_GENERAL: '0',
  RATE_LIMIT_GENERAL_HOURLY: '0',
};
const NO_CAPS = { GENERATIONS_PER_DAY: '0', GENERATIONS_PER_DAY_OF_ALL: '0' };
const CHEAP_IDENTITY = {
  OWNER_EMAIL: OWNER.email,
  OWNER_PASSWORD: OWNER.password,
  PASSWORD_HASH_MEMORY_KIB: '19456',
  PASSWORD_HASH_ITERATIONS: '2',
  // Longer than any run: what is under test is not signing in.
  ACCESS_TOKEN_TTL: '12h',
};
