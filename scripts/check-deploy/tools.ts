import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, whether this runs from its sources or from dist. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'deploy', 'helm'))) return folder;
  if (folder === dirname(folder)) throw new Error('not inside a checkout: deploy/helm was not found');
  return rootAbove(dirname(folder));
}

export const CHART = join(ROOT, 'deploy', 'helm', 'career-copilot');

/** A tool of this machine, or why it cannot be used. */
export type Tool = { path: string; missing?: undefined } | { path?: undefined; missing: string };

export class CommandError extends Error {}

/** Standard output of a program; an error with what it said when it fails. */
export function output(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  const result = spawnSync(program, args, {
    cwd: options.cwd ?? ROOT,
    env: options.env ?? process.env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error !== undefined) throw new CommandError(`${program}: ${result.error.message}`);
  if (result.status !== 0)
    throw new CommandError(`${program} ${args.join(' ')}: ${result.stderr.trim() || result.stdout.trim()}`);
  return result.stdout;
}

export function which(program: string): string | undefined {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

const GOPATH = '/usr/share/gocode';
const GO_PACKAGES = ['golang-go', 'golang-github-masterminds-sprig-dev', 'golang-k8s-sigs-yaml-dev'];
const GO_SOURCES = ['github.com/Masterminds/sprig', 'sigs.k8s.io/yaml'].map((path) => join(GOPATH, 'src', path));

/** Our renderer, built once per version of its sources. Go and sprig come from Debian where root may install them. */
export function buildRenderer(): Tool {
  const sources = join(ROOT, 'deploy', 'tools', 'render-chart');
  const files = readdirSync(sources).filter((name) => name.endsWith('.go'));
  const hash = createHash('sha256');
  for (const name of files) hash.update(readFileSync(join(sources, name)));
  const binary = join(ROOT, '.cache', `render-chart-${process.arch}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(binary)) return { path: binary };
  const reason = missingGo();
  if (reason !== undefined) return { missing: reason };
  mkdirSync(dirname(binary), { recursive: true });
  // Two runs at once may build it twice, but never use half a file.
  const fresh = `${binary}.${process.pid}`;
  output('go', ['build', '-o', fresh, '.'], {
    cwd: sources,
    env: { ...process.env, GO111MODULE: 'off', GOPATH, GOFLAGS: '' },
  });
  renameSync(fresh, binary);
  return { path: binary };
}

function missingGo(): string | undefined {
  const isComplete = (): boolean => which('go') !== undefined && GO_SOURCES.every((path) => existsSync(path));
  if (isComplete()) return undefined;
  const how = `apt-get install ${GO_PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0 || which('apt-get') === undefined) return `Go and sprig are not installed (${how})`;
  process.stdout.write(`Installing ${GO_PACKAGES.join(', ')} …\n`);
  const install = (): number | null =>
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...GO_PACKAGES], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status;
  if (install() !== 0) {
    spawnSync('apt-get', ['update', '-qq']);
    install();
  }
  return isComplete() ? undefined : `Go and sprig could not be installed (${how})`;
}

const MINIMUM_KUBECTL = [1, 27];

/** kubectl with a kustomize that knows what the overlays use. */
export function findKubectl(): Tool {
  const path = which('kubectl');
  if (path === undefined) return { missing: 'kubectl is not installed' };
  const text = spawnSync(path, ['version', '--client'], { encoding: 'utf8' }).stdout;
  const [, major, minor] = /Client Version: v(\d+)\.(\d+)/.exec(text) ?? [];
  const isNew = Number(major) > 1 || (Number(major) === 1 && Number(minor) >= (MINIMUM_KUBECTL[1] ?? 0));
  return isNew
    ? { path }
    : { missing: `kubectl ${MINIMUM_KUBECTL.join('.')} or newer is needed, this is ${text.trim()}` };
}
