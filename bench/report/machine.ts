import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import pg from 'pg';
import { findNatsServer } from '../../libs/testing/src/nats/index.js';

export interface Machine {
  date: string;
  system: string;
  processor: string;
  cores: number;
  memoryGb: number;
  node: string;
  postgres: string;
  nats: string;
  commit: string;
  /** One minute, at the start of the run. */
  loadBefore: number;
}

export async function machineFacts(adminUrl: string): Promise<Machine> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const version = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return {
    date: new Date().toISOString(),
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.version,
    postgres: version.rows[0]?.server_version ?? 'unknown',
    nats: told(findNatsServer(), ['--version']).replace(/^nats-server: /, ''),
    commit: told('git', ['describe', '--always', '--dirty']),
    loadBefore: loadavg()[0] ?? NaN,
  };
}

/** `unknown` where the program is not there, e.g. git in an unpacked archive. */
function told(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
