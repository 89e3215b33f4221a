import { setTimeout as sleep } from 'node:timers/promises';
import { APPS, type AppName } from '#contracts';
import type { Cluster } from './cluster.js';
import type { Random } from './random.js';
import { Supervisor } from './supervisor.js';
import { type Fault, latestHit, type Window, WINDOWS, WINDOWS_OF } from './windows.js';

export interface NemesisPlan {
  /** Processes to kill, windows and timer together. */
  kills: number;
  /** Restarts of NATS and PostgreSQL among them. */
  serverRestarts: number;
  random: Random;
  /** Whatever happens, it stops then. */
  patienceMs: number;
  say: (line: string) => void;
}

/** Processes that are being killed at the same time: more, and nothing would ever get done. */
const LANES = 2;
/** An armed process that has not come to its window so long after it was ready is killed by hand. */
const WINDOW_PATIENCE_MS = 8_000;
/** A start of a second on an idle machine; a machine that does ten other things needs half a minute. */
const START_PATIENCE_MS = 60_000;
const CALM = 0.25;

const SERVER_FAULTS = ['nats kill -9', 'postgres kill -9', 'nats restart', 'postgres immediate stop'] as const;

/** Kills processes in chosen windows and at chosen moments, and servers in between, until the plan is fulfilled. */
export class Nemesis {
  readonly supervisors: ReadonlyMap<AppName, Supervisor>;
  readonly serverRestarts: string[] = [];
  private readonly busy = new Set<AppName>();
  /** Windows aimed at so far; those least often hit come first. */
  private readonly aimed = new Map<Window, number>();
  private readonly startedAt = performance.now();
  private serversBusy: Promise<void> = Promise.resolve();

  constructor(
    private readonly cluster: Cluster,
    private readonly plan: NemesisPlan,
  ) {
    this.supervisors = new Map([...cluster.apps].map(([name, process]) => [name, new Supervisor(process)]));
  }

  /** Deaths of processes so far, without those that gave up by themselves. */
  get kills(): number {
    return this.deaths.filter((death) => death.how !== 'gave-up').length;
  }

  get deaths() {
    return [...this.supervisors.values()].flatMap((supervisor) => supervisor.deaths);
  }

  get killsPerWindow(): Record<string, number> {
    const counts: Record<string, number> = Object.fromEntries(WINDOWS.map((window) => [window, 0]));
    for (const death of this.deaths) {
      if (death.how === 'window') counts[death.window] = (counts[death.window] ?? 0) + 1;
    }
    return counts;
  }

  async run(): Promise<void> {
    for (const supervisor of this.supervisors.values()) supervisor.watch();
    await Promise.all(Array.from({ length: LANES }, (_, lane) => this.lane(this.plan.random.fork(`lane ${lane}`))));
    await this.serversBusy;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.supervisors.values()].map((supervisor) => supervisor.stop()));
  }

  private get done(): boolean {
    if (performance.now() - this.startedAt > this.plan.patienceMs) return true;
    const allHit = Object.values(this.killsPerWindow).every((count) => count > 0);
    return this.kills >= this.plan.kills && allHit && this.serverRestarts.length >= this.plan.serverRestarts;
  }

  private async lane(random: Random): Promise<void> {
    while (!this.done) {
      this.restartServerWhenDue(random);
      const app = random.pick(APPS.filter((name) => !this.busy.has(name)));
      this.busy.add(app);
      await this.visit(app, random);
      this.busy.delete(app);
      if (random.chance(CALM)) await sleep(random.integer(100, 1_000));
    }
  }

  /** One kill by the timer, and one to three in windows, each incarnation armed with the next. */
  private async visit(app: AppName, random: Random): Promise<void> {
    const supervisor = this.supervisors.get(app);
    if (supervisor === undefined) return;
    let fault = this.chooseFault(app, random);
    if (fault === undefined) {
      // The gateway: a moment of life, then the end.
      await supervisor.process.ready(START_PATIENCE_MS);
      await sleep(random.integer(50, 1_500));
    }
    let seen = supervisor.deaths.length;
    supervisor.arm(fault);
    supervisor.kill();
    await supervisor.deathAfter(seen, 5_000);
    for (let more = random.integer(0, 2); fault !== undefined; more -= 1) {
      seen += 1;
      const following: Fault | undefined = more > 0 ? this.chooseFault(app, random) : undefined;
      supervisor.arm(following);
      await supervisor.readyOrDead(seen, START_PATIENCE_MS);
      const death = await supervisor.deathAfter(seen, WINDOW_PATIENCE_MS);
      this.tell(app, fault, death?.how ?? 'not reached');
      if (death === undefined) {
        supervisor.kill();
        await supervisor.deathAfter(seen, 5_000);
      }
      fault = following;
    }
    await supervisor.process.ready(START_PATIENCE_MS);
  }

  private tell(app: AppName, { point, hit }: Fault, how: string): void {
    this.plan.say(`${String(this.kills).padStart(4)} ${app.padEnd(14)} ${point}:${hit} ${how}`);
  }

  private chooseFault(app: AppName, random: Random): Fault | undefined {
    const windows = WINDOWS_OF[app];
    if (windows.length === 0) return undefined;
    const times = (window: Window): number => this.aimed.get(window) ?? 0;
    const fewest = Math.min(...windows.map(times));
    const point = random.pick(windows.filter((window) => times(window) === fewest));
    this.aimed.set(point, times(point) + 1);
    return { point, hit: random.integer(1, latestHit(point)) };
  }

  /** Spread evenly over the kills. */
  private restartServerWhenDue(random: Random): void {
    const due = Math.floor((this.kills / this.plan.kills) * (this.plan.serverRestarts + 1));
    if (this.serverRestarts.length >= Math.min(due, this.plan.serverRestarts)) return;
    const fault = SERVER_FAULTS[this.serverRestarts.length % SERVER_FAULTS.length] ?? 'nats kill -9';
    this.serverRestarts.push(fault);
    this.plan.say(`     ${fault}`);
    this.serversBusy = this.serversBusy.then(() => this.restartServer(fault, random.integer(0, 1_500)));
  }

  private async restartServer(fault: (typeof SERVER_FAULTS)[number], downMs: number): Promise<void> {
    const { nats, postgres } = this.cluster;
    switch (fault) {
      case 'nats restart':
        return nats.restart();
      case 'nats kill -9':
        await nats.kill9();
        await sleep(downMs);
        return nats.restart();
      case 'postgres kill -9':
        await postgres.kill9();
        await sleep(downMs);
        return postgres.restart();
      case 'postgres immediate stop':
        await postgres.stop('immediate');
        await sleep(downMs);
        return postgres.restart();
    }
  }
}
