import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppName, APPS, type ServiceName } from '#contracts';
import { freePort } from '../free-port.js';
import { AppProcess } from './app-process.js';

export interface ClusterOptions {
  /** Address of the database with the role of that service. */
  databaseUrlOf(service: ServiceName): string;
  /** A running NATS: `startNats()`, or whatever knows the users and passwords. */
  nats: { settingsFor(app: AppName): object };
  /** Settings of every process. */
  env?: Readonly<Record<string, string>>;
  /** Settings of single processes; they win. */
  envOf?: Partial<Record<AppName, Readonly<Record<string, string>>>>;
  /** Port of the API; a free one unless given. */
  apiPort?: number;
  /** Checkout with a built `dist`; the working directory unless given. */
  root?: string;
  /** Logs, one file per app; a temporary folder unless given. */
  logDir?: string;
  startTimeoutMs?: number;
  onLine?: (app: AppName, line: string) => void;
}

export interface Cluster {
  gatewayUrl: string;
  logDir: string;
  process(app: AppName): AppProcess;
  stop(): Promise<void>;
}

/** The seven apps as processes of their own, as they are deployed: built code, own roles, own users on NATS. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const logDir = options.logDir ?? (await mkdtemp(join(tmpdir(), 'career-cluster-')));
  mkdirSync(logDir, { recursive: true });
  const apiPort = options.apiPort ?? (await freePort());
  const processes = new Map<AppName, AppProcess>();
  for (const app of APPS) processes.set(app, await describeProcess(app, options, logDir, apiPort));
  const find = (app: AppName): AppProcess => {
    const found = processes.get(app);
    if (found === undefined) throw new Error(`${app} is no app of the cluster`);
    return found;
  };
  const all = [...processes.values()];
  // The door closes first, then nothing new comes to those behind it.
  const stop = async (): Promise<void> => {
    await find('gateway').stop();
    await Promise.all(all.map((one) => one.stop()));
  };
  try {
    await Promise.all(all.map((one) => one.start()));
  } catch (error) {
    await Promise.all(all.map((one) => one.kill9()));
    throw error;
  }
  return { gatewayUrl: `http://127.0.0.1:${apiPort}`, logDir, process: find, stop };
}

async function describeProcess(
  app: AppName,
  options: ClusterOptions,
  logDir: string,
  apiPort: number,
): Promise<AppProcess> {
  const entry = join(options.root ?? process.cwd(), 'dist', 'apps', app, 'src', 'main.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing; build first (make build)`);
  const healthPort = await freePort();
  return new AppProcess({
    app,
    entry,
    healthPort,
    logFile: join(logDir, `${app}.log`),
    startTimeoutMs: options.startTimeoutMs ?? 60_000,
    onLine: options.onLine === undefined ? undefined : (line) => options.onLine?.(app, line),
    env: {
      DATA_DIR: join(logDir, 'data', app),
      ...options.env,
      ...stringsOf(options.nats.settingsFor(app)),
      ...(app === 'gateway' ? { API_PORT: String(apiPort) } : { DATABASE_URL: options.databaseUrlOf(app) }),
      HEALTH_PORT: String(healthPort),
      ...options.envOf?.[app],
    },
  });
}

const stringsOf = (settings: object): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
