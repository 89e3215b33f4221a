import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stops what the workers started: each server left `<name>.server.json` with its pid and the signal it ends by. */
export default async function teardown() {
  const folder = process.env.TEST_RUN_DIR;
  if (folder === undefined || process.env.TEST_RUN_OWNER_PID !== String(process.pid) || !existsSync(folder)) return;
  const files = readdirSync(folder).filter((name) => name.endsWith('.server.json'));
  await Promise.all(
    files.map(async (name) => {
      const { pid, signal } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      for (let attempt = 0; attempt < 200 && send(pid, attempt === 0 ? signal : 0); attempt += 1) await sleep(25);
    }),
  );
  rmSync(folder, { recursive: true, force: true });
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
