import { statSync } from 'node:fs';
import { dirname, parse } from 'node:path';

export interface ServerUser {
  uid: number;
  gid: number;
}

/** `nobody` on Linux and in most images. initdb wants the number to have a name in /etc/passwd. */
const NOBODY = 65_534;

/** PostgreSQL refuses to run as root: then it runs as an unprivileged user, otherwise as ours (undefined). */
export function serverUser(): ServerUser | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

/** Whether the user may search every folder on the way to `path` and read `path` itself. */
export function reachableBy(user: ServerUser, path: string): boolean {
  if (!permits(user, path, 0o4)) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!permits(user, folder, 0o1)) return false;
    if (folder === parse(folder).root) return true;
  }
}

function permits(user: ServerUser, path: string, bit: number): boolean {
  const stat = statSync(path);
  if (stat.uid === user.uid) return (stat.mode & (bit << 6)) !== 0;
  if (stat.gid === user.gid) return (stat.mode & (bit << 3)) !== 0;
  return (stat.mode & bit) !== 0;
}
