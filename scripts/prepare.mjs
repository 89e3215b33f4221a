#!/usr/bin/env node
// Installs what is missing and builds what is stale; does nothing (in well under a second) when all is there.
// Plain JavaScript without dependencies: it must run before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINIMUM_NODE = [20, 19];

export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  fail(
    `Node ${MINIMUM_NODE.join('.')} or newer is needed, this is ${process.versions.node}. Install it from your system's packages or nodejs.org.`,
  );
}

export function fail(message) {
  process.stderr.write(`\n  ${message}\n\n`);
  process.exit(1);
}

/** Runs a command in the checkout; the output goes straight to the terminal unless `quiet`. Exits on failure. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error) fail(`${command} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    if (quiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
    fail(`'${command} ${args.join(' ')}' failed (exit ${result.status ?? result.signal}).`);
  }
}

const digest = (text) => createHash('sha256').update(text).digest('hex');
const readIfThere = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Time and size of every source file: cheap, and changes whenever a build could differ. */
function sourceState(directory) {
  const lines = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'dist') lines.push(sourceState(path));
    } else if (/\.(ts|json)$/.test(entry.name)) {
      const { mtimeMs, size } = statSync(path);
      lines.push(`${path}:${mtimeMs}:${size}`);
    }
  }
  return lines.join('\n');
}

export function install() {
  const stamp = join(root, 'node_modules', '.installed');
  const wanted = digest(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  if (readIfThere(stamp) === wanted) return;
  process.stdout.write('Installing packages …\n');
  // The locked versions and hashes, without touching the lock file. Not `npm ci`: it refuses a lock file that lacks the
  // optional binaries of other platforms. Development packages too, whatever NODE_ENV says: the build needs the compiler.
  run('npm', [
    'install',
    '--no-save',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  writeFileSync(stamp, wanted);
}

export function build() {
  const stamp = join(root, 'dist', '.built');
  const wanted = digest(
    ['apps', 'libs', 'bench', 'scripts']
      .filter((name) => existsSync(join(root, name)))
      .map((name) => sourceState(join(root, name)))
      .join('\n') +
      readIfThere(join(root, 'tsconfig.json')) +
      readIfThere(join(root, 'tsconfig.build.json')) +
      readIfThere(join(root, 'package-lock.json')),
  );
  if (readIfThere(stamp) === wanted) return;
  process.stdout.write('Building …\n');
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
  run(process.execPath, [join(root, 'scripts/copy-assets.mjs')]);
  writeFileSync(stamp, wanted);
}

/** For what runs as seven processes; the script says why where it cannot. */
export function installNats() {
  return (
    spawnSync('bash', [join(root, 'scripts/install-nats-server.sh')], { cwd: root, stdio: 'inherit' }).status === 0
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  requireNode();
  install();
  if (process.argv.includes('--with-nats') && !installNats()) fail('nats-server could not be installed.');
  build();
}
