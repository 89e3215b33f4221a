import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { Place } from './manifest.js';
import { CommandError, output, ROOT, which } from './tools.js';

export const DOCKERFILE = join(ROOT, 'deploy', 'Dockerfile');

/** What can be said about the Dockerfile by reading it. */
export function dockerfileProblems(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const last = (word: string): string => lines.filter((line) => line.startsWith(`${word} `)).at(-1) ?? '';
  const must = (holds: boolean, what: string): string[] => (holds ? [] : [what]);
  return [
    ...must(
      /^USER [1-9]\d*(:\d+)?$/.test(last('USER')),
      'USER must be a number above 0: runAsNonRoot cannot check a name',
    ),
    ...must(
      /^ENTRYPOINT \["node"/.test(last('ENTRYPOINT')),
      'ENTRYPOINT must be exec form and node: signals reach nobody else',
    ),
    ...must(/^CMD \[/.test(last('CMD')), 'CMD must be exec form'),
    ...must(!/:latest\b/.test(text), 'the base image must not be latest'),
    ...must(!/^(?:ARG|ENV) \w*(?:PASSWORD|SECRET|TOKEN)/m.test(text), 'a secret would stay in the image'),
    ...must(/--omit=dev/.test(text), 'development packages must stay out'),
    ...must(/^ENV NODE_ENV=production$/m.test(text), 'NODE_ENV must be production'),
    ...must(
      text.indexOf('COPY package.json') < text.indexOf('COPY apps'),
      'packages must be installed before sources are copied',
    ),
    ...must(/^EXPOSE 8002 9464$/m.test(text), 'EXPOSE must name the ports of API and health'),
  ];
}

/** Why the image cannot be built here; undefined when it can. */
export function imageToolsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can build an image without a daemon';
  const wanted = ['buildah', 'debootstrap'].filter((tool) => which(tool) === undefined);
  if (wanted.length === 0) return undefined;
  if (which('apt-get') === undefined) return `${wanted.join(' and ')} not installed`;
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const installed = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted], {
    env: environment,
  });
  return installed.status === 0 ? undefined : `${wanted.join(' and ')} could not be installed`;
}

export interface BuiltImage {
  /** Configuration as `buildah inspect` tells it. */
  config: Place;
  /** Bytes of /app: what we add to the base image. */
  appBytes: number;
  /** Whether a path exists in the image. */
  has(path: string): boolean;
  /** Runs the image with other arguments. */
  run(args: readonly string[], env?: Record<string, string>): { code: number; out: string; err: string };
  remove(): void;
}

const IMAGE = 'localhost/career-copilot:check';

/**
 * The image, built from deploy/Dockerfile as it is. The base image is a stand-in of the same name, made here from
 * Debian and the Node of this machine: the published one is not used.
 */
export function buildImage(say: (line: string) => void): BuiltImage {
  const folder = mkdtempSync(join(tmpdir(), 'career-copilot-image-'));
  const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const buildah = (...args: string[]): string => output('buildah', [...store, ...args]);
  // Mounted layers and the store belong to buildah; what it leaves is removed.
  const remove = (): void => {
    spawnSync('buildah', [...store, 'rm', '--all']);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    makeBaseImage(folder, buildah, say);
    say('building deploy/Dockerfile');
    buildah('bud', '--isolation', 'chroot', '--pull-never', '--format', 'docker', '-t', IMAGE, '-f', DOCKERFILE, ROOT);
    const container = buildah('from', '--pull-never', IMAGE).trim();
    const mount = buildah('mount', container).trim();
    return {
      config: new Place(parse(buildah('inspect', '--type', 'image', IMAGE))).at('Docker', 'config'),
      appBytes: Number(output('du', ['-sb', join(mount, 'app')]).split('\t')[0]),
      has: (path) => existsSync(join(mount, path)),
      run: (args, env = {}) => {
        const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
        const done = spawnSync(
          'buildah',
          [...store, 'run', '--isolation', 'chroot', ...variables, container, '--', ...args],
          {
            encoding: 'utf8',
            timeout: 60_000,
          },
        );
        return { code: done.status ?? -1, out: done.stdout, err: done.stderr };
      },
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function makeBaseImage(folder: string, buildah: (...args: string[]) => string, say: (line: string) => void): void {
  const name = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(DOCKERFILE, 'utf8'))?.[1];
  if (name === undefined) throw new CommandError('deploy/Dockerfile has no ARG NODE_IMAGE');
  const root = join(folder, 'rootfs');
  say(`making a stand-in of ${name}`);
  output('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'bookworm', root]);
  const node = realpathSync(process.execPath);
  cpSync(node, join(root, 'usr/local/bin/node'));
  for (const [, library = ''] of output('ldd', [node]).matchAll(/=> (\/\S+)/g)) {
    if (existsSync(join(root, library))) continue;
    mkdirSync(dirname(join(root, library)), { recursive: true });
    cpSync(realpathSync(library), join(root, library));
  }
  const packages = output('npm', ['root', '-g']).trim();
  cpSync(join(packages, 'npm'), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  output('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm')]);
  const container = buildah('from', 'scratch').trim();
  // Behind a proxy that signs with a certificate of its own, what this machine trusts the build must trust.
  const trusted = process.env['NODE_EXTRA_CA_CERTS'];
  if (trusted !== undefined && existsSync(trusted)) {
    cpSync(realpathSync(trusted), join(root, 'etc/ssl/certs/extra.crt'));
    buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/extra.crt', container);
  }
  buildah('add', '--quiet', container, root, '/');
  buildah(
    'config',
    '--env',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    '--cmd',
    'node',
    container,
  );
  buildah('commit', '--quiet', '--rm', container, `docker.io/library/${name}`);
  rmSync(root, { recursive: true });
}
