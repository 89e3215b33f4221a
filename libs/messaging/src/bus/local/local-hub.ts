import type { Bus, BusMessage, Headers } from '../bus.port.js';
import { type BusLogger, noResponder, timedOut } from '../bus-errors.js';
import { hasWildcard, subjectMatcher } from '../subjects.js';

type Responder = Parameters<Bus['respond']>[2];
type Reply = Awaited<ReturnType<Responder>>;

interface Listener {
  matches: (subject: string) => boolean;
  hear: (message: BusMessage) => void;
  logger: BusLogger;
}

interface Waiter {
  durable: string;
  matches: (subject: string) => boolean;
  wake: () => void;
}

/** Both sides get bytes of their own, as they would from a socket. */
const copy = <T extends { payload: Uint8Array; headers: Headers }>(message: T): T => ({
  ...message,
  payload: new Uint8Array(message.payload),
  headers: { ...message.headers },
});

/**
 * What the instances of one process share: who answers, who listens, who waits. This is why the local adapter is for
 * one process: requests and wake-ups do not leave it.
 */
export class LocalHub {
  private static readonly hubs = new Map<string, LocalHub>();

  private readonly responders = new Map<string, Responder[]>();
  private readonly turns = new Map<string, number>();
  private readonly listeners = new Set<Listener>();
  private readonly waiters = new Map<string, Set<Waiter>>();

  /** Instances on the same database hear each other. */
  static of(connectionString: string): LocalHub {
    let hub = LocalHub.hubs.get(connectionString);
    if (hub === undefined) LocalHub.hubs.set(connectionString, (hub = new LocalHub()));
    return hub;
  }

  /** Everyone who answers a subject shares its requests, as one queue. */
  respond(subject: string, responder: Responder): () => void {
    if (hasWildcard(subject)) throw new Error(`'${subject}': the local bus answers exact subjects only.`);
    const all = this.responders.get(subject) ?? [];
    this.responders.set(subject, [...all, responder]);
    return () => {
      const left = (this.responders.get(subject) ?? []).filter((other) => other !== responder);
      if (left.length === 0) this.responders.delete(subject);
      else this.responders.set(subject, left);
    };
  }

  ask(message: BusMessage, timeoutMs: number): Promise<Reply> {
    const responder = this.nextResponder(message.subject);
    if (responder === undefined) return Promise.reject(noResponder(message.subject));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(timedOut(message.subject, timeoutMs)), Math.max(0, timeoutMs));
      responder(copy(message)).then(
        (reply) => {
          clearTimeout(timer);
          resolve(copy(reply));
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  listen(pattern: string, hear: (message: BusMessage) => void, logger: BusLogger): () => void {
    const listener: Listener = { matches: subjectMatcher(pattern), hear, logger };
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Later, not now: who tells does not run the code of who hears. */
  tell(message: BusMessage): void {
    for (const listener of this.listeners) {
      if (!listener.matches(message.subject)) continue;
      const own = copy(message);
      setImmediate(() => {
        if (!this.listeners.has(listener)) return;
        try {
          listener.hear(own);
        } catch (error) {
          listener.logger.error('a bus listener failed', error, { subject: own.subject });
        }
      });
    }
  }

  /** Register before looking, so that what arrives in between is not missed; `until` then returns at once. */
  waiter(
    stream: string,
    durable: string,
    filter: string,
  ): { until(ms: number): Promise<void>; wake: () => void; cancel(): void } {
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const waiter: Waiter = { durable, matches: subjectMatcher(filter), wake };
    let all = this.waiters.get(stream);
    if (all === undefined) this.waiters.set(stream, (all = new Set()));
    all.add(waiter);
    const cancel = (): void => {
      this.waiters.get(stream)?.delete(waiter);
    };
    return {
      cancel,
      wake,
      until: async (ms) => {
        const timer = setTimeout(wake, ms);
        await woken;
        clearTimeout(timer);
        cancel();
      },
    };
  }

  wakeForSubject(stream: string, subject: string): void {
    this.wake(stream, (waiter) => waiter.matches(subject));
  }

  wakeDurable(stream: string, durable: string): void {
    this.wake(stream, (waiter) => waiter.durable === durable);
  }

  wakeAll(): void {
    for (const stream of this.waiters.keys()) this.wake(stream, () => true);
  }

  private wake(stream: string, which: (waiter: Waiter) => boolean): void {
    for (const waiter of this.waiters.get(stream) ?? []) if (which(waiter)) waiter.wake();
  }

  private nextResponder(subject: string): Responder | undefined {
    const all = this.responders.get(subject);
    if (all === undefined) return undefined;
    const turn = (this.turns.get(subject) ?? 0) % all.length;
    this.turns.set(subject, turn + 1);
    return all[turn];
  }
}
