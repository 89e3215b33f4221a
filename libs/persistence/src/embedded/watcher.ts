import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * A shell of 1 MB that outlives us: when our end of its pipe closes (also by kill -9) or the process `ownerPid` is
 * gone, it asks the server to stop. It checks that the number still is that server's.
 */
const SCRIPT = `
if [ -n "$OWNER" ]; then while kill -0 "$OWNER" 2>/dev/null; do sleep 1; done; else read -r _; fi
running() { [ "$(head -n 1 "$CLUSTER/postmaster.pid" 2>/dev/null)" = "$SERVER" ]; }
running && kill -INT "$SERVER"
if [ -n "$REMOVE" ]; then
  tries=0
  while running && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  rm -rf "$REMOVE"
fi
`;

export interface Watched {
  serverPid: number;
  cluster: string;
  /** Instead of this process. */
  ownerPid?: number;
  /** Folder to delete afterwards (throw-away servers of tests). */
  remove?: string;
}

/** Undefined where there is no POSIX shell; the next start then finds the orphan. */
export function watch({ serverPid, cluster, ownerPid, remove }: Watched): ChildProcess | undefined {
  if (process.platform === 'win32') return undefined;
  const watcher = spawn('/bin/sh', ['-c', SCRIPT], {
    // A session of its own: Ctrl-C in the terminal must not end it first.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      OWNER: ownerPid === undefined ? '' : String(ownerPid),
      SERVER: String(serverPid),
      CLUSTER: cluster,
      REMOVE: remove ?? '',
    },
  });
  // No shell: as on Windows.
  watcher.on('error', () => undefined);
  watcher.unref();
  // The pipe may not keep us alive either.
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return watcher;
}
