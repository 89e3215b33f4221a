import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { SERVICES } from '#contracts';
import { type EmbeddedPostgres, migrate, type SchemaOwner, startEmbeddedPostgres, urlForRole } from '#persistence';
import { generateFieldKey } from '#platform';
import { type NatsHandle, startNats } from '../../libs/testing/src/nats/index.js';
import { allSchemas } from '../../apps/standalone/src/compose.js';
import { Load } from './load.js';

/** A migrated database. */
export interface BenchDatabase {
  adminUrl: string;
  urlOf(owner: SchemaOwner): string;
  /** Of the signing keys stored in it. */
  identityKey: string;
  /** Of the single values encrypted in it. */
  fieldKeys: string;
  drop(): Promise<void>;
}

const OWNERS: readonly SchemaOwner[] = [...SERVICES, 'bus'];

/** What every part of the run shares: a folder, PostgreSQL with safe settings (fsync on), and the load generator. */
export class Rig {
  private databases = 0;
  private readonly passwords = Object.fromEntries(OWNERS.map((owner) => [owner, randomBytes(12).toString('hex')]));

  private constructor(
    readonly folder: string,
    private readonly postgres: EmbeddedPostgres,
    readonly load: Load,
  ) {}

  static async start(): Promise<Rig> {
    const folder = mkdtempSync(join(tmpdir(), 'career-bench-'));
    // The database server runs as another user when we are root.
    chmodSync(folder, 0o755);
    const postgres = await startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      removeWhenOwnerGone: folder,
      settings: { shared_buffers: '256MB', max_wal_size: '1GB', maintenance_work_mem: '128MB' },
    });
    return new Rig(folder, postgres, Load.start(folder));
  }

  get postgresPid(): number {
    return this.postgres.pid;
  }

  get adminUrl(): string {
    return this.postgres.adminUrl;
  }

  async database(): Promise<BenchDatabase> {
    const name = `bench_${++this.databases}`;
    await this.admin(`CREATE DATABASE ${name}`);
    const url = new URL(this.postgres.adminUrl);
    url.pathname = `/${name}`;
    const adminUrl = url.href;
    await migrate({ adminUrl, schemas: allSchemas, rolePasswords: this.passwords });
    return {
      adminUrl,
      identityKey: randomBytes(32).toString('hex'),
      fieldKeys: generateFieldKey('bench'),
      urlOf: (owner) => urlForRole(adminUrl, owner, this.passwords[owner] ?? ''),
      drop: () => this.admin(`DROP DATABASE ${name} WITH (FORCE)`),
    };
  }

  nats(): Promise<NatsHandle> {
    return startNats();
  }

  async stop(): Promise<void> {
    await this.load.stop();
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async admin(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.postgres.adminUrl });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
