import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { codeOf } from '../error-code.js';

/** A DDL statement queued behind a long query blocks everybody behind itself; so it gives up early and tries again. */
export const LOCK_TIMEOUT_MS = 3000;
const ATTEMPTS = 10;
/** Lock not available; shared catalogues changed by another session (roles are of the whole cluster); its duplicates. */
const PASSING: ReadonlySet<string> = new Set(['55P03', 'XX000', '40P01', '40001', '23505', '42710', '42P06']);

export async function withAdmin<T>(adminUrl: string, use: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({
    connectionString: adminUrl,
    application_name: 'career-copilot migrations',
    connectionTimeoutMillis: 3000,
    lock_timeout: LOCK_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection lost between statements is reported by the next statement; without a listener it would end the process.
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.end();
  }
}

/** Tries again what failed only because somebody else was there first. */
export async function patiently<T>(what: string, say: (line: string) => void, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined || !PASSING.has(code) || attempt === ATTEMPTS) throw error;
      say(`${what}: ${code === '55P03' ? 'waiting for a lock' : 'changed by somebody else'}, trying again`);
      await sleep(100 * attempt + Math.random() * 200);
    }
  }
}
