import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS, type AppName } from '#contracts';
import { freePort } from '../free-port.js';
import { findNatsServer } from './nats-binary.js';
import { NatsProcess } from './nats-process.js';

/** A user of the test configuration: the seven apps, and one that may do everything (for what a test itself does). */
export type NatsUser = AppName | 'admin';

export interface NatsOptions {
  /** Text of the configuration; default: what `renderNatsConfig` makes for the test profile. */
  config?: (facts: { storeDir: string }) => string;
  /** Kept after stop when given; otherwise a temporary folder that is removed. */
  storeDir?: string;
  port?: number;
}

export interface NatsConnectionSettings {
  BUS: 'nats';
  NATS_URL: string;
  NATS_USER: string;
  NATS_PASSWORD: string;
}

export interface NatsHandle {
  /** With the admin user's credentials in it. */
  readonly url: string;
  /** Without credentials. */
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  readonly storeDir: string;
  readonly logFile: string;
  urlFor(user: NatsUser): string;
  settingsFor(user: NatsUser): NatsConnectionSettings;
  /** `NATS_PASSWORD_<APP>` variables as the configuration reads them. */
  readonly passwords: Readonly<Record<string, string>>;
  /** Power off: the process dies, the store stays as it is. */
  kill9(): Promise<void>;
  /** Starts again on the same port and store (after kill9, or instead of the running one). */
  restart(): Promise<void>;
  /** Grey failure: the process stands still but keeps its sockets. */
  pause(): void;
  resume(): void;
  /** A copy of the store as it is now; give it to restoreStore later. */
  copyStore(): Promise<string>;
  /** Rolls the store back to a copy: kills, replaces, starts. */
  restoreStore(copy: string): Promise<void>;
  /** The bus forgets everything: kills, deletes, starts. */
  deleteStore(): Promise<void>;
  stop(): Promise<void>;
}

const passwordVariable = (user: string): string => `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`;

/** Starts with a letter: nats-server parses the value of a variable, and digits first would make it a number. */
const newPassword = (): string => `p${randomBytes(18).toString('hex')}`;

async function defaultConfig(storeDir: string): Promise<string> {
  // Loaded only when needed: a spec that brings its own configuration need not load the messaging library.
  const { renderNatsConfig } = await import('#messaging');
  return renderNatsConfig({ profile: 'test', storeDir, admin: true });
}

/** A real nats-server on a free loopback port, with its own store; dies with this process in any case. */
export async function startNats(options: NatsOptions = {}): Promise<NatsHandle> {
  const binary = findNatsServer();
  const folder = await mkdtemp(join(tmpdir(), 'career-nats-'));
  const storeDir = options.storeDir ?? join(folder, 'store');
  const port = options.port ?? (await freePort());
  const passwords: Record<string, string> = {};
  for (const user of [...APPS, 'admin', 'sys']) passwords[passwordVariable(user)] = newPassword();

  const configFile = join(folder, 'nats.conf');
  const logFile = join(folder, 'nats.log');
  await mkdir(storeDir, { recursive: true });
  await writeFile(configFile, options.config?.({ storeDir }) ?? (await defaultConfig(storeDir)), { mode: 0o600 });

  const launch = (): Promise<NatsProcess> =>
    NatsProcess.start({
      binary,
      args: ['-c', configFile, '-a', '127.0.0.1', '-p', String(port)],
      port,
      env: { PATH: process.env.PATH, ...passwords },
      logFile,
    });
  let server = await launch();
  let copies = 0;
  const address = `nats://127.0.0.1:${port}`;
  const passwordOf = (user: NatsUser): string => passwords[passwordVariable(user)] ?? '';
  const urlFor = (user: NatsUser): string => `nats://${user}:${passwordOf(user)}@127.0.0.1:${port}`;
  const replaceStore = async (fill: () => Promise<unknown>): Promise<void> => {
    await server.end('SIGKILL');
    await rm(storeDir, { recursive: true, force: true });
    await fill();
    server = await launch();
  };

  return {
    url: urlFor('admin'),
    address,
    port,
    storeDir,
    logFile,
    passwords,
    get pid() {
      return server.pid;
    },
    urlFor,
    settingsFor: (user) => ({ BUS: 'nats', NATS_URL: address, NATS_USER: user, NATS_PASSWORD: passwordOf(user) }),
    kill9: () => server.end('SIGKILL'),
    restart: async () => {
      await server.end('SIGTERM');
      server = await launch();
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    copyStore: async () => {
      copies += 1;
      const copy = join(folder, `copy-${copies}`);
      await cp(storeDir, copy, { recursive: true });
      return copy;
    },
    restoreStore: (copy) => replaceStore(() => cp(copy, storeDir, { recursive: true })),
    deleteStore: () => replaceStore(() => mkdir(storeDir, { recursive: true })),
    stop: async () => {
      await server.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
