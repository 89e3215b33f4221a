import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join, parse } from 'node:path';

/** The nearest folder above with a nest-cli.json: only the checkout's top has one. */
function repositoryRoot(): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (isThere(join(folder, 'nest-cli.json'), constants.R_OK) || folder === parse(folder).root) return folder;
  }
}

function isThere(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** `NATS_SERVER_BIN`, then PATH (and /usr/sbin, where Debian puts it), then what scripts/install-nats-server.sh unpacked. */
export function findNatsServer(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env.NATS_SERVER_BIN;
  if (chosen !== undefined && chosen !== '') return chosen;
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];
  const tools = join(repositoryRoot(), '.tools');
  folders.push(join(tools, 'usr', 'sbin'), join(tools, 'usr', 'bin'), tools);
  const found = folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'nats-server'))
    .find((path) => isThere(path, constants.X_OK));
  if (found === undefined) {
    throw new Error(
      'nats-server was not found. Run scripts/install-nats-server.sh, or set NATS_SERVER_BIN to its path.',
    );
  }
  return found;
}
