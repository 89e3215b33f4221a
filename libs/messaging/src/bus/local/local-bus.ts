import { toAppError } from '#kernel';
import type { StreamSpec } from '../../topology/topology.js';
import type {
  Appended,
  Bus,
  BusMessage,
  ConsumerSpec,
  Delivery,
  Headers,
  StreamState,
  Unsubscribe,
} from '../bus.port.js';
import { assertPayloadFits, type BusLogger, errorReply, unavailable } from '../bus-errors.js';
import { Batcher } from './batcher.js';
import { LocalHub } from './local-hub.js';
import { LocalStore, type Taken, type ToAppend, type ToSettle } from './local-store.js';

export interface LocalBusOptions {
  /** With the role of schema `bus`. */
  connectionString: string;
  streams: readonly StreamSpec[];
  logger: BusLogger;
  poolSize?: number;
}

/** Safety net only: appends, settlements and due leases wake a waiting fetch by themselves. */
const POLL_MS = 5_000;
const SHORTEST_WAIT_MS = 5;
const PRUNE_EVERY_MS = 60_000;
const CLOSE_WAIT_MS = 15_000;
const BATCH = { most: 200, heaviest: 8 * 1024 * 1024 };

/**
 * The bus without a broker: durable messages in a PostgreSQL log, requests and pushes inside the process. For one
 * process on one machine.
 */
export class LocalBus implements Bus {
  readonly adapter = 'local';
  private readonly hub: LocalHub;
  private readonly store: LocalStore;
  private readonly appends = new Map<string, Batcher<ToAppend, Appended>>();
  private readonly settlements: Batcher<ToSettle, true>;
  private readonly stops = new Set<() => void>();
  private readonly running = new Set<Promise<unknown>>();
  private readonly connectedListeners: (() => void)[] = [];
  private readonly pruning: NodeJS.Timeout;
  private closing = false;

  static async connect(options: LocalBusOptions): Promise<LocalBus> {
    const bus = new LocalBus(options);
    try {
      for (const stream of options.streams) await bus.store.ensureStream(stream);
    } catch (error) {
      await bus.close();
      throw error;
    }
    options.logger.info('local bus: durable messages in PostgreSQL, requests inside this process; for one machine');
    return bus;
  }

  private constructor(private readonly options: LocalBusOptions) {
    this.hub = LocalHub.of(options.connectionString);
    this.store = new LocalStore(options.connectionString, options.poolSize ?? 6, () => this.tellConnected());
    this.settlements = new Batcher((items) => this.settleAll(items), { ...BATCH, weigh: () => 0 });
    this.pruning = setInterval(() => void this.prune(), PRUNE_EVERY_MS).unref();
  }

  async request(message: BusMessage, timeoutMs: number): Promise<{ payload: Uint8Array; headers: Headers }> {
    assertPayloadFits(message.subject, message.payload);
    return this.hub.ask(message, timeoutMs);
  }

  async respond(subject: string, _queue: string, responder: Parameters<Bus['respond']>[2]): Promise<Unsubscribe> {
    return this.stoppable(this.hub.respond(subject, (message) => this.tracked(this.answer(message, responder))));
  }

  async publish(message: BusMessage): Promise<void> {
    assertPayloadFits(message.subject, message.payload);
    this.hub.tell(message);
  }

  async subscribe(subject: string, listener: (message: BusMessage) => void): Promise<Unsubscribe> {
    return this.stoppable(this.hub.listen(subject, listener, this.options.logger));
  }

  async append(stream: string, messageId: string, message: BusMessage): Promise<Appended> {
    assertPayloadFits(message.subject, message.payload);
    let batcher = this.appends.get(stream);
    if (batcher === undefined) {
      batcher = new Batcher((items) => this.appendAll(stream, items), {
        ...BATCH,
        weigh: (item) => item.message.payload.byteLength,
      });
      this.appends.set(stream, batcher);
    }
    return batcher.add({ messageId, message });
  }

  fetch(consumer: ConsumerSpec, max: number, waitMs: number, stop?: AbortSignal): Promise<Delivery[]> {
    return this.tracked(this.fetchUntil(consumer, max, performance.now() + waitMs, stop));
  }

  lag(consumer: ConsumerSpec): Promise<number> {
    return this.store.lag(consumer);
  }

  async streamState(stream: string): Promise<StreamState> {
    const state = await this.store.streamState(stream);
    if (state !== undefined) return state;
    throw await this.streamIsMissing(stream);
  }

  /** Messages and cursors come back from one copy, at one moment: there is nowhere to go back from. */
  rewindReaders(): Promise<void> {
    return Promise.resolve();
  }

  onConnected(listener: () => void): void {
    this.connectedListeners.push(listener);
    if (this.isConnected()) queueMicrotask(listener);
  }

  isConnected(): boolean {
    return !this.closing && this.store.isConnected;
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    clearInterval(this.pruning);
    for (const stop of this.stops) stop();
    this.hub.wakeAll();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_WAIT_MS)));
    await Promise.race([Promise.allSettled(this.running), tooLong]);
    clearTimeout(timer);
    await Promise.all([...this.appends.values()].map((batcher) => batcher.idle()));
    await this.settlements.idle();
    await this.store.close();
  }

  private async answer(
    message: BusMessage,
    responder: Parameters<Bus['respond']>[2],
  ): Promise<{ payload: Uint8Array; headers: Headers }> {
    try {
      const reply = await responder(message);
      assertPayloadFits(message.subject, reply.payload);
      return reply;
    } catch (error) {
      this.options.logger.error('a responder failed', error, { subject: message.subject });
      return errorReply(toAppError(error));
    }
  }

  private async fetchUntil(spec: ConsumerSpec, max: number, deadline: number, stop?: AbortSignal): Promise<Delivery[]> {
    const isOver = (): boolean => this.closing || stop?.aborted === true;
    while (!isOver()) {
      const waiter = this.hub.waiter(spec.stream, spec.durable, spec.filterSubject);
      stop?.addEventListener('abort', waiter.wake, { once: true });
      try {
        const { taken, dueInMs } = await this.store.fetch(spec, max);
        if (taken.length > 0 && !isOver()) return taken.map((one) => this.toDelivery(spec, one));
        // Over while the statement ran: others may have them at once.
        await Promise.all(taken.map((one) => this.settle(spec, one, 'later', 0)));
        const left = deadline - performance.now();
        if (left <= 0 || isOver()) return [];
        await waiter.until(Math.max(SHORTEST_WAIT_MS, Math.min(left, dueInMs ?? POLL_MS, POLL_MS)));
      } finally {
        stop?.removeEventListener('abort', waiter.wake);
        waiter.cancel();
      }
    }
    return [];
  }

  private toDelivery(spec: ConsumerSpec, one: Taken): Delivery {
    return {
      ...one.message,
      messageId: one.messageId,
      stream: spec.stream,
      sequence: one.sequence,
      attempt: one.attempt,
      ack: () => this.settle(spec, one, 'done', 0),
      terminate: () => this.settle(spec, one, 'done', 0),
      nak: (delayMs) => this.settle(spec, one, 'later', Math.max(0, delayMs)),
      extend: () => this.settle(spec, one, 'later', spec.ackWaitMs),
    };
  }

  private async settle(spec: ConsumerSpec, one: Taken, verb: ToSettle['verb'], delayMs: number): Promise<void> {
    const { stream, durable } = spec;
    await this.settlements.add({ stream, durable, sequence: one.sequence, attempt: one.attempt, verb, delayMs });
    // Room under the bound, or another time at which something is due.
    this.hub.wakeDurable(stream, durable);
  }

  private async settleAll(items: readonly ToSettle[]): Promise<true[]> {
    // One row is touched once per statement: what is done is done, otherwise the last word counts.
    const perMessage = new Map<string, ToSettle>();
    for (const item of items) {
      const key = `${item.stream}/${item.durable}/${item.sequence}`;
      if (perMessage.get(key)?.verb !== 'done') perMessage.set(key, item);
    }
    await this.store.settle([...perMessage.values()]);
    return items.map(() => true);
  }

  private async appendAll(stream: string, items: readonly ToAppend[]): Promise<Appended[]> {
    const appended = await this.store.append(stream, items);
    if (appended === undefined) throw await this.streamIsMissing(stream);
    appended.forEach((one, index) => {
      const message = items[index]?.message;
      if (message === undefined || one.duplicate) return;
      this.hub.wakeForSubject(stream, message.subject);
      this.hub.tell(message);
    });
    return appended;
  }

  /** Makes a stream of ours anew; those who compare ledgers then refill it. */
  private async streamIsMissing(stream: string): Promise<Error> {
    const own = this.options.streams.find((spec) => spec.name === stream);
    if (own !== undefined && !this.closing) {
      this.options.logger.warn('a stream of ours is missing; making it anew', { stream });
      await this.store.ensureStream(own);
      this.tellConnected();
    }
    return unavailable(`Stream ${stream} is not there (yet): the service that owns it makes it at start.`);
  }

  private tellConnected(): void {
    for (const listener of this.connectedListeners) queueMicrotask(listener);
  }

  private async prune(): Promise<void> {
    try {
      await this.store.prune();
    } catch (error) {
      this.options.logger.warn('the local bus could not be tidied up', {}, error);
    }
  }

  private stoppable(stop: () => void): Unsubscribe {
    this.stops.add(stop);
    return async () => {
      this.stops.delete(stop);
      stop();
    };
  }

  private tracked<T>(work: Promise<T>): Promise<T> {
    this.running.add(work);
    const done = (): boolean => this.running.delete(work);
    work.then(done, done);
    return work;
  }
}
