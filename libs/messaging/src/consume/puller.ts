import type { Logger } from '#platform';
import { Bell } from '../bell.js';
import type { Bus, ConsumerSpec, Delivery } from '../bus/bus.port.js';

export interface PullerParts {
  bus: Bus;
  spec: ConsumerSpec;
  /** Handlers that run at once in this process. */
  concurrency: number;
  /** Deliveries held here, running or waiting for a free handler. Waiting ones keep the handlers busy between pulls. */
  prefetch: number;
  fetchWaitMs: number;
  /** Handles and settles; never rejects. */
  take: (delivery: Delivery, signal: AbortSignal) => Promise<void>;
  logger: Logger;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

/** Pulls deliveries of one durable, runs a bounded number at once, and keeps all it holds from being redelivered. */
export class Puller {
  private readonly waiting: Delivery[] = [];
  private readonly held = new Set<Delivery>();
  private readonly changed = new Bell();
  private readonly abort = new AbortController();
  private readonly stopFetching = new AbortController();
  private stopping = false;
  private running = 0;
  private heartbeat: NodeJS.Timeout | undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly parts: PullerParts) {}

  get spec(): ConsumerSpec {
    return this.parts.spec;
  }

  start(): void {
    // A third: two heartbeats may be lost before anybody else gets the message.
    this.heartbeat = setInterval(() => this.extendHeld(), this.parts.spec.ackWaitMs / 3);
    this.heartbeat.unref();
    this.loop = this.pull();
  }

  /** No new deliveries; what waits for a handler goes back at once. What runs goes on. */
  stopTaking(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.handBackWaiting();
    this.stopFetching.abort();
    this.changed.ring();
  }

  /** Resolves when nothing is held any more. */
  async drained(): Promise<void> {
    this.stopTaking();
    await this.loop;
    while (this.held.size > 0) await this.changed.wait();
    clearInterval(this.heartbeat);
  }

  /** Tells running work to stop and be handed back. */
  handBack(): void {
    this.stopTaking();
    this.abort.abort();
  }

  private async pull(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.stopping) {
      const free = this.parts.prefetch - this.held.size;
      // Half a buffer at a time: pulls of one message each would cost a round trip per message.
      if (free * 2 < this.parts.prefetch) {
        await this.changed.wait();
        continue;
      }
      try {
        this.accept(
          await this.parts.bus.fetch(this.parts.spec, free, this.parts.fetchWaitMs, this.stopFetching.signal),
        );
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        const { stream, durable } = this.parts.spec;
        this.parts.logger.warn('pulling messages failed', { stream, durable, pause_ms: pause }, error);
        await this.changed.wait(pause * (0.5 + Math.random()));
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  private accept(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) this.held.add(delivery);
    this.waiting.push(...deliveries);
    if (this.stopping) this.handBackWaiting();
    else this.runWaiting();
  }

  private runWaiting(): void {
    while (this.running < this.parts.concurrency) {
      const delivery = this.waiting.shift();
      if (delivery === undefined) return;
      this.running += 1;
      void this.parts.take(delivery, this.abort.signal).finally(() => {
        this.running -= 1;
        this.release(delivery);
        this.runWaiting();
      });
    }
  }

  private handBackWaiting(): void {
    for (const delivery of this.waiting.splice(0)) {
      void this.quietly(delivery.nak(0)).finally(() => this.release(delivery));
    }
  }

  private release(delivery: Delivery): void {
    this.held.delete(delivery);
    this.changed.ring();
  }

  private extendHeld(): void {
    for (const delivery of this.held) void this.quietly(delivery.extend());
  }

  /** A lost heartbeat or nak only means that the message comes again, and the inbox knows it. */
  private async quietly(sent: Promise<void>): Promise<void> {
    try {
      await sent;
    } catch (error) {
      this.parts.logger.debug('a heartbeat or hand-back was not heard', {
        durable: this.parts.spec.durable,
        reason: error instanceof Error ? error.name : 'unknown',
      });
    }
  }
}
