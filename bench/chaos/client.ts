import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Api } from './api.js';
import type { History, Operation, Outcome } from './history.js';
import type { Random } from './random.js';

interface Tracked {
  id: string;
  version: number;
  status: string;
  next: readonly string[];
  busy: boolean;
}

export interface ClientPlan {
  number: number;
  userId: string;
  api: Api;
  /** Postings in this client's own order; each is applied for once. */
  postings: readonly string[];
  random: Random;
  history: History;
  /** Requests of this client that are on their way at the same time. */
  lanes: number;
  /** Waits this long at most between two operations. */
  thinkMs: number;
}

const GIVES_UP = 0.1;
const REPEATS = 0.25;
/** A request nobody heard of again may still be on its way for as long as its deadline. */
const GHOSTS_ARE_GONE_MS = 12_000;

/** One person who does what people do, writes down what was answered, and asks again where nothing was. */
export class Client {
  private nextPosting = 0;
  private readonly tracked: Tracked[] = [];
  private readonly kept: { postingId: string; since: number }[] = [];
  private nextBookmark = 0;
  private profile = { version: 0, busy: false };
  private stopped = false;
  /** Where the patience of everything that is still being asked ends. */
  private patienceEnds = Infinity;
  private loops: Promise<void>[] = [];

  constructor(private readonly plan: ClientPlan) {}

  async start(): Promise<void> {
    this.profile.version = await this.readProfileVersion();
    this.loops = Array.from({ length: this.plan.lanes }, (_, lane) => this.loop(this.plan.random.fork(`lane ${lane}`)));
  }

  /** Nothing new; what is open is asked until it is answered, for that long at most. */
  async finish(patienceMs: number): Promise<void> {
    this.stopped = true;
    this.patienceEnds = performance.now() + patienceMs;
    await Promise.all(this.loops);
  }

  private async loop(random: Random): Promise<void> {
    while (!this.stopped) {
      await this.step(random);
      await sleep(random.integer(0, this.plan.thinkMs));
    }
  }

  private async step(random: Random): Promise<void> {
    const draw = random.next();
    if (draw < 0.3) return this.move(random);
    if (draw < 0.42) return this.bookmark();
    if (draw < 0.48) return this.unbookmark();
    if (draw < 0.54) return this.letter(random);
    if (draw < 0.6) return this.updateProfile(random);
    return this.create(random);
  }

  private async create(random: Random): Promise<void> {
    const postingId = this.plan.postings[this.nextPosting];
    this.nextPosting += 1;
    if (postingId === undefined) return this.move(random);
    const key = randomUUID();
    const request = { method: 'POST', path: '/applications', body: { job_id: postingId }, key } as const;
    const { answer, tries } = await this.ask(request, random.chance(GIVES_UP));
    const facts = { kind: 'create', key, postingId } as const;
    if (answer.kind !== 'ok') return this.record({ ...facts, ...this.told(answer, tries) });
    const application = readApplication(answer.text);
    this.tracked.push({ ...application, busy: false });
    this.record({ ...facts, applicationId: application.id, ...this.told(answer, tries) });
    if (random.chance(REPEATS)) await this.repeat(request, answer);
  }

  private async move(random: Random): Promise<void> {
    const movable = this.tracked.filter((one) => !one.busy && one.next.length > 0);
    if (movable.length === 0) return;
    const one = random.pick(movable);
    const status = random.pick(one.next);
    one.busy = true;
    const { api } = this.plan;
    const path = `/applications/${one.id}`;
    const answer = await api.once({ method: 'PUT', path, body: { status, version: one.version } });
    this.record({
      kind: 'move',
      applicationId: one.id,
      toVersion: one.version + 1,
      status,
      ...this.told(answer, 1),
    });
    // Whatever came of it: what counts now is what the service says.
    const now = answer.kind === 'ok' ? answer : (await this.ask({ method: 'GET', path }, false)).answer;
    if (now.kind === 'ok') Object.assign(one, readApplication(now.text), { busy: false });
  }

  private async bookmark(): Promise<void> {
    const postingId = this.plan.postings[this.nextBookmark];
    this.nextBookmark += 1;
    if (postingId === undefined) return;
    const path = `/jobs/${postingId}/bookmark`;
    const { answer, tries } = await this.ask({ method: 'POST', path, body: {} }, false);
    this.record({ kind: 'bookmark', postingId, kept: true, ...this.told(answer, tries) });
    if (answer.kind === 'ok') this.kept.push({ postingId, since: performance.now() });
  }

  private async unbookmark(): Promise<void> {
    const oldest = this.kept[0];
    if (oldest === undefined || performance.now() - oldest.since < GHOSTS_ARE_GONE_MS) return;
    this.kept.shift();
    const path = `/jobs/${oldest.postingId}/bookmark`;
    const { answer, tries } = await this.ask({ method: 'DELETE', path }, false);
    const told = this.told(answer, tries);
    // The first try was heard after all, and the second finds nothing left to do.
    const done = tries > 1 && answer.kind === 'refused' && answer.status === 404;
    this.record({
      kind: 'bookmark',
      postingId: oldest.postingId,
      kept: false,
      ...told,
      ...(done ? { outcome: 'ok' } : {}),
    });
  }

  private async letter(random: Random): Promise<void> {
    const key = randomUUID();
    const body = { job_id: random.pick(this.plan.postings), length: 'short' };
    const headers = { prefer: 'respond-async' };
    const request = { method: 'POST', path: '/ai/cover-letter/generate', body, key, headers } as const;
    const { answer, tries } = await this.ask(request, random.chance(GIVES_UP));
    const generationId = answer.kind === 'ok' ? textOf(parse(answer.text), 'id') : undefined;
    this.record({ kind: 'letter', key, generationId, ...this.told(answer, tries) });
    if (answer.kind === 'ok' && random.chance(REPEATS)) await this.repeat(request, answer);
  }

  private async updateProfile(random: Random): Promise<void> {
    if (this.profile.busy) return;
    this.profile.busy = true;
    const years = random.integer(0, 40);
    const { version } = this.profile;
    const body = { experience_years: years, skills: ['TypeScript', `Skill ${years}`], version };
    const answer = await this.plan.api.once({ method: 'PUT', path: '/users/me', body });
    this.record({ kind: 'profile', version: version + 1, years, ...this.told(answer, 1) });
    this.profile = { version: await this.readProfileVersion(), busy: false };
  }

  private async readProfileVersion(): Promise<number> {
    const { answer } = await this.ask({ method: 'GET', path: '/users/me' }, false);
    return answer.kind === 'ok' ? numberOf(parse(answer.text), 'version') : this.profile.version;
  }

  /** The same key again: the same bytes. */
  private async repeat(request: Parameters<Api['once']>[0], first: Answer & { kind: 'ok' }): Promise<void> {
    const { answer } = await this.ask(request, false);
    if (answer.kind === 'unknown') return;
    this.plan.history.repeats += 1;
    if (answer.kind === 'ok' && answer.text === first.text) return;
    this.plan.history.differentAnswers.push(`${request.key ?? ''}: "${first.text}" and then "${answer.text}"`);
  }

  private async ask(request: Parameters<Api['once']>[0], givesUp: boolean) {
    return this.plan.api.insist(request, { until: () => (givesUp ? 0 : this.patienceEnds) });
  }

  private told(answer: Answer, tries: number) {
    const { number: client, userId } = this.plan;
    const outcome: Outcome = answer.kind === 'refused' ? 'failed' : answer.kind;
    const reason =
      answer.kind === 'ok' ? undefined : answer.kind === 'unknown' ? answer.reason : `${answer.status} ${answer.code}`;
    return { client, userId, outcome, tries, reason };
  }

  private record(operation: Operation): void {
    this.plan.history.add(operation);
  }
}

const parse = (text: string): unknown => JSON.parse(text);

export function textOf(value: unknown, member: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, member) : undefined;
  if (typeof found !== 'string') throw new Error(`the answer has no text "${member}": ${JSON.stringify(value)}`);
  return found;
}

function numberOf(value: unknown, member: string): number {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, member) : undefined;
  if (typeof found !== 'number') throw new Error(`the answer has no number "${member}": ${JSON.stringify(value)}`);
  return found;
}

function readApplication(text: string): Pick<Tracked, 'id' | 'version' | 'status' | 'next'> {
  const value = parse(text);
  const next: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'legal_transitions') : [];
  return {
    id: textOf(value, 'id'),
    version: numberOf(value, 'version'),
    status: textOf(value, 'status'),
    next: Array.isArray(next) ? next.filter((one) => typeof one === 'string') : [],
  };
}
