import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { APPS } from '#contracts';
import { roleNameOf } from '#persistence';
import {
  ADMIN,
  type Cluster,
  createTestDatabase,
  type NatsHandle,
  NOTHING_OUTSIDE,
  runFolder,
  startCluster,
  startNats,
  TEST_ENV,
  type TestDatabase,
} from '#testing';
import { allSchemas } from '../../../src/compose.js';
import { Listener, type Texts } from './telemetry.js';

const random = (bytes = 24): string => randomBytes(bytes).toString('base64url');

/** The seven apps as processes at their most talkative, and everything they say. */
export class WatchedCluster {
  readonly secrets = {
    'password of the owner': `${random()} owner`,
    'secret of the signing keys': random(36),
    'key of the field cipher': randomBytes(32).toString('base64'),
    'client secret at Google': random(),
    'client secret at LinkedIn': random(),
    'key of a job source': random(),
    'password at the database': random(),
  };
  readonly upstreamText = `upstream ${random()}`;
  /** Answers everybody with an error that says more than it should. */
  readonly upstream = new Listener(() => ({ status: 500, body: JSON.stringify({ error: this.upstreamText }) }));
  private readonly collector = new Listener(() => ({ status: 200, body: '{}' }));
  private readonly metrics = new Map<string, string>();
  private readonly login = `t_canaries_${randomBytes(4).toString('hex')}`;

  private constructor(
    readonly nats: NatsHandle,
    readonly database: TestDatabase,
  ) {}

  upstreamUrl = '';
  cluster: Cluster;

  static async start(): Promise<WatchedCluster> {
    const [nats, database] = await Promise.all([startNats(), createTestDatabase(allSchemas)]);
    const watched = new WatchedCluster(nats, database);
    await watched.launch();
    return watched;
  }

  private async launch(): Promise<void> {
    const { secrets, database } = this;
    this.upstreamUrl = await this.upstream.start();
    const password = secrets['password at the database'];
    await database.admin(`CREATE ROLE ${this.login} LOGIN PASSWORD '${password}' IN ROLE ${roleNameOf('identity')}`);
    const env = {
      ...TEST_ENV,
      ...NOTHING_OUTSIDE,
      LOG_LEVEL: 'trace',
      ACCESS_LOG: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: await this.collector.start(),
      TRACE_SAMPLE_RATIO: '1',
      OWNER_EMAIL: ADMIN.email,
      OWNER_PASSWORD: secrets['password of the owner'],
      IDENTITY_KEY_SECRET: secrets['secret of the signing keys'],
      FIELD_KEYS: `test:${secrets['key of the field cipher']}`,
      GOOGLE_CLIENT_ID: 'career-copilot',
      GOOGLE_CLIENT_SECRET: secrets['client secret at Google'],
      GOOGLE_ISSUER: this.upstreamUrl,
      LINKEDIN_CLIENT_ID: 'career-copilot',
      LINKEDIN_CLIENT_SECRET: secrets['client secret at LinkedIn'],
      THEMUSE_ENABLED: 'true',
      THEMUSE_BASE_URL: this.upstreamUrl,
      THEMUSE_API_KEY: secrets['key of a job source'],
    };
    this.cluster = await startCluster({
      nats: this.nats,
      env,
      databaseUrlOf: (service) => {
        const url = new URL(database.urlOf(service));
        if (service === 'identity') [url.username, url.password] = [this.login, password];
        return url.href;
      },
    });
  }

  async readMetrics(): Promise<void> {
    for (const app of APPS) {
      const answer = await fetch(`${this.cluster.process(app).healthUrl}/metrics`);
      this.metrics.set(`metrics of ${app}`, await answer.text());
    }
  }

  /** Everything said until the processes ended. */
  telemetry(): { logs: Texts; metrics: Texts; traces: Texts } {
    const folder = this.cluster.logDir;
    const files = readdirSync(folder).filter((name) => name.endsWith('.log'));
    const logs = new Map(files.map((name) => [`log of ${name}`, readFileSync(join(folder, name), 'utf8')]));
    // Of the server an installation would embed; one that was given to the tests logs elsewhere.
    const database = join(runFolder(), 'postgres', 'postgres.log');
    if (existsSync(database)) logs.set('log of PostgreSQL', readFileSync(database, 'utf8'));
    return {
      logs,
      metrics: this.metrics,
      traces: new Map([['spans', this.collector.received.join('\n')]]),
    };
  }

  async stop(): Promise<void> {
    await this.nats.stop();
    await this.database.admin(`DROP ROLE ${this.login}`);
    await this.database.drop();
    await Promise.all([this.upstream.stop(), this.collector.stop()]);
    await rm(this.cluster.logDir, { recursive: true, force: true });
  }
}
