import { setTimeout as sleep } from 'node:timers/promises';
import { Leadership, type Logger } from '#platform';
import pg from 'pg';

export interface PgLeadershipOptions {
  url: string;
  /** What is led, e.g. the service: one leader per name and database. */
  name: string;
  /** How often a follower tries and a leader makes sure; 2 s unless told. */
  everyMs?: number;
  /**
   * After how much silence the server ends the session of a leader and so frees the lock: a frozen process keeps its
   * socket open. 15 s unless told.
   */
  maxSilenceMs?: number;
  logger?: Logger;
}

const EVERY_MS = 2000;
const ANSWER_TIMEOUT_MS = 2000;
const MAX_SILENCE_MS = 15_000;
/** A host that vanished is noticed after about 11 s. */
const KEEPALIVES = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

/**
 * Leader election by a session advisory lock. A leader that lost its connection knows at the latest after `everyMs` and
 * the answer timeout; until then another may lead as well, which the deterministic ids of slots make harmless.
 */
export class PgLeadership extends Leadership {
  private readonly everyMs: number;
  private readonly listeners: ((lost: AbortSignal) => void)[] = [];
  private readonly closing = new AbortController();
  private leading: AbortController | undefined;
  private loop: Promise<void> | undefined;

  constructor(private readonly options: PgLeadershipOptions) {
    super();
    this.everyMs = options.everyMs ?? EVERY_MS;
  }

  override get isLeader(): boolean {
    return this.leading !== undefined;
  }

  override async whileLeader<T>(work: (lost: AbortSignal) => Promise<T>): Promise<T | undefined> {
    return this.leading === undefined ? undefined : work(this.leading.signal);
  }

  override onElected(listener: (lost: AbortSignal) => void): void {
    this.listeners.push(listener);
    if (this.leading !== undefined) listener(this.leading.signal);
  }

  /** Starts taking part. */
  start(): void {
    this.loop ??= this.takePart();
  }

  /** Gives the lead back at once, so that another replica need not wait. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.loop;
  }

  private async takePart(): Promise<void> {
    while (!this.closing.signal.aborted) {
      try {
        await this.session();
      } catch (error) {
        this.options.logger?.warn('leader election has no database connection', { name: this.options.name }, error);
      }
      await this.pause();
    }
  }

  /** One connection: follow until the lock is ours, lead until the connection fails or we are closed. */
  private async session(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.url,
      application_name: `career-copilot leader ${this.options.name}`,
      options: `-c idle_session_timeout=${this.options.maxSilenceMs ?? MAX_SILENCE_MS} ${KEEPALIVES}`,
      connectionTimeoutMillis: 3000,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
    });
    // Ends the lead without waiting for the next heartbeat.
    client.on('error', () => {
      this.step(false);
    });
    try {
      await client.connect();
      while (!this.closing.signal.aborted) {
        if (this.isLeader) await client.query('SELECT 1');
        else if (await this.tryLock(client)) this.step(true);
        await this.pause();
      }
    } finally {
      this.step(false);
      // Not awaited: over a dead network the goodbye would hang; the socket is closed either way.
      void client.end().catch(() => undefined);
    }
  }

  private async tryLock(client: pg.Client): Promise<boolean> {
    const sql = `SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS ours`;
    const answer = await client.query<{ ours: boolean }>(sql, [`career-copilot leader ${this.options.name}`]);
    return answer.rows[0]?.ours === true;
  }

  private step(up: boolean): void {
    if (up === this.isLeader) return;
    this.options.logger?.info(up ? 'elected leader' : 'no longer leader', { name: this.options.name });
    if (!up) {
      this.leading?.abort();
      this.leading = undefined;
      return;
    }
    const leading = new AbortController();
    this.leading = leading;
    for (const listener of this.listeners) listener(leading.signal);
  }

  private async pause(): Promise<void> {
    // Rejects only when we are closed, which the loops look at next.
    await sleep(this.everyMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}
