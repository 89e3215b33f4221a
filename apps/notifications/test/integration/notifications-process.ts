import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess, freePort, TEST_FIELD_KEYS } from '#testing';
import type { World } from './notifications-app.js';

/** The built app as a process of its own in this world, for tests that kill it; `env` may arm a `FAULT`. */
export async function notificationsProcess(world: World, env: Readonly<Record<string, string>>): Promise<AppProcess> {
  const entry = join(process.cwd(), 'dist/apps/notifications/src/main.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing; build first (make build)`);
  const folder = await mkdtemp(join(tmpdir(), 'notifications-process-'));
  const healthPort = await freePort();
  return new AppProcess({
    app: 'notifications',
    entry,
    healthPort,
    logFile: join(folder, 'notifications.log'),
    startTimeoutMs: 40_000,
    env: {
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      LOG_FILE: join(folder, 'log'),
      DATA_DIR: folder,
      HEALTH_PORT: String(healthPort),
      DATABASE_URL: world.db.urlOf('notifications'),
      FIELD_KEYS: TEST_FIELD_KEYS,
      ...world.nats.settingsFor('notifications'),
      ...env,
    },
  });
}
