import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { APPS, type AppName } from '#contracts';
import { loadSettings } from '#platform';
import { startNats } from '#testing';
import { allSchemas } from '../compose.js';
import { standaloneSettings } from '../config.js';
import { openDatabase } from '../database.js';
import { freePortFrom } from '../free-port.js';
import { loadSecrets } from '../secrets.js';

/**
 * The deployed shape on one machine for development: embedded PostgreSQL, a local nats-server with the generated users,
 * seven processes that restart when their code changes, and the compiler watching. Data lies in data/dev.
 */
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../../..');
const settings = loadSettings(standaloneSettings, {
  ...process.env,
  DATA_DIR: process.env['DATA_DIR'] ?? './data/dev',
});
const dataDir = resolve(settings.DATA_DIR);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

mkdirSync(dataDir, { recursive: true });
const secrets = loadSecrets(dataDir);
const database = await openDatabase({ ...settings, DATA_DIR: dataDir }, secrets, allSchemas, say);
const nats = await startNats({ storeDir: join(dataDir, 'nats') });
const apiPort = await freePortFrom(settings.API_HOST, settings.API_PORT);

const children: ChildProcess[] = [];
let stopping = false;
for (const [index, app] of APPS.entries()) await startApp(app, 9_470 + index * 10);
run(
  'tsc',
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  {},
);

const api = `${process.env['TLS_CERT_FILE'] === undefined ? 'http' : 'https'}://127.0.0.1:${apiPort}`;
say(`\nAPI      ${api}/api/v1\nDocs     ${api}/docs`);
say(
  `Owner    owner@localhost, password in ${join(dataDir, 'owner-password')}\nNATS     ${nats.address}\nCtrl-C stops.\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

async function startApp(app: AppName, preferredHealthPort: number): Promise<void> {
  const healthPort = await freePortFrom('127.0.0.1', preferredHealthPort);
  const own: Record<string, string> = {};
  if (app === 'gateway') own['API_PORT'] = String(apiPort);
  else
    Object.assign(own, {
      DATABASE_URL: database.urlOf(app),
      DATABASE_POOL_SIZE: process.env['DATABASE_POOL_SIZE'] ?? '4',
    });
  if (app === 'identity' || app === 'notifications') own['FIELD_KEYS'] = secrets.fieldKeys;
  if (app === 'identity')
    Object.assign(own, { IDENTITY_KEY_SECRET: secrets.identityKey, OWNER_PASSWORD: ownerPassword() });
  run(
    app,
    process.execPath,
    ['--watch', '--watch-preserve-output', '--enable-source-maps', join(root, `dist/apps/${app}/src/main.js`)],
    {
      LOG_FORMAT: 'pretty',
      DATA_DIR: dataDir,
      HEALTH_PORT: String(healthPort),
      ...nats.settingsFor(app),
      ...own,
    },
  );
}

function ownerPassword(): string {
  const file = join(dataDir, 'owner-password');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(12).toString('base64url')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Every line of the child, with its name in front. */
function run(name: string, command: string, args: string[], env: Record<string, string>): void {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => say(`${name.padEnd(14)} ${line}`));
  }
  child.once('exit', (code) => {
    if (!stopping) say(`${name.padEnd(14)} ended with ${code ?? 'a signal'}`);
  });
}

async function stop(): Promise<void> {
  stopping = true;
  const ends = children
    .filter((child) => child.exitCode === null && child.signalCode === null)
    .map((child) => new Promise((done) => child.once('exit', done)));
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(ends);
  await nats.stop();
  await database.stop();
  process.exit(0);
}
