import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Binaries } from './binaries.js';
import { reachableBy, type ServerUser } from './server-user.js';

/** Folder of one embedded server: the cluster, its log, the superuser's password and who runs it. */
export class DataDirectory {
  readonly cluster: string;
  readonly log: string;
  readonly passwordFile: string;
  readonly ownerFile: string;

  constructor(
    root: string,
    private readonly user: ServerUser | undefined,
  ) {
    const folder = resolve(root);
    mkdirSync(folder, { recursive: true });
    this.cluster = join(folder, 'cluster');
    this.log = join(folder, 'postgres.log');
    this.passwordFile = join(folder, 'superuser-password');
    this.ownerFile = join(folder, 'owner.json');
  }

  get password(): string {
    return readFileSync(this.passwordFile, 'utf8').trim();
  }

  /** Makes the cluster unless there is one. A half-made one (killed during initdb) is made anew. */
  async ensureCluster(binaries: Binaries, fast: boolean): Promise<void> {
    if (existsSync(this.passwordFile)) return;
    rmSync(this.cluster, { recursive: true, force: true });
    mkdirSync(this.cluster, { mode: 0o700 });
    if (this.user !== undefined) chownSync(this.cluster, this.user.uid, this.user.gid);
    const password = randomBytes(24).toString('base64url');
    await this.initdb(binaries, password, fast);
    // Written last: its presence says that the cluster is complete.
    writeFileSync(this.passwordFile, `${password}\n`, { mode: 0o600 });
  }

  /**
   * The cluster folder for a child process that gets `open()` as file descriptor 3. When the server's user may not
   * pass a parent folder (a checkout below /root), the inherited descriptor leads past it; Linux only, where this
   * happens in practice.
   */
  get pathForServer(): string {
    const closed = this.user !== undefined && !reachableBy(this.user, this.cluster);
    return closed && process.platform === 'linux' ? '/proc/self/fd/3' : this.cluster;
  }

  open(): { fd: number; close: () => void } {
    const fd = openSync(this.cluster, 'r');
    return {
      fd,
      close: () => {
        closeSync(fd);
      },
    };
  }

  private async initdb(binaries: Binaries, password: string, fast: boolean): Promise<void> {
    const temporary = mkdtempSync(join(tmpdir(), 'career-copilot-initdb-'));
    const passwordFile = join(temporary, 'password');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (this.user !== undefined) {
      chmodSync(temporary, 0o711);
      chownSync(passwordFile, this.user.uid, this.user.gid);
    }
    const args = ['-D', this.pathForServer, '--locale=C', '-E', 'UTF8', '--data-checksums', '-U', 'postgres'];
    args.push('-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-instructions', ...(fast ? ['--no-sync'] : []));
    const folder = this.open();
    try {
      const child = spawn(binaries.initdb, args, {
        ...this.user,
        cwd: '/',
        stdio: ['ignore', 'pipe', 'pipe', folder.fd],
      });
      const said: string[] = [];
      child.stdout?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
      child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
      const code = await new Promise<number | null>((done, fail) => {
        child.once('error', fail);
        child.once('close', done);
      });
      if (code !== 0)
        throw new Error(`initdb of ${this.cluster} failed (exit ${code ?? 'by signal'}):\n${said.join('')}`);
    } finally {
      folder.close();
      rmSync(temporary, { recursive: true, force: true });
    }
  }
}
