import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type Msg, type NatsConnection, PermissionViolationError, type Subscription } from '@nats-io/transport-node';
import { AppError, toAppError } from '#kernel';
import type {
  Appended,
  Bus,
  BusMessage,
  ConsumerSpec,
  Delivery,
  Rewind,
  StreamState,
  Unsubscribe,
} from '../bus.port.js';
import { assertPayloadFits, errorReply, MAX_PAYLOAD_BYTES } from '../bus-errors.js';
import { appended } from './appended.js';
import { connectNats, type NatsSettings } from './connect-nats.js';
import { API_TIMEOUT_MS, NatsApi } from './nats-api.js';
import { NatsConsumers } from './nats-consumers.js';
import { toDelivery } from './nats-delivery.js';
import { fromNatsHeaders, MESSAGE_ID_HEADER, toNatsHeaders } from './nats-headers.js';
import { pull } from './nats-pull.js';
import { NatsOrigins } from './nats-origins.js';
import { missingRight, NatsRequests } from './nats-requests.js';
import { NatsStreams, type OwnStreams } from './nats-streams.js';

export interface NatsBusOptions extends OwnStreams {
  /** Name of the connection and of its inbox prefix. */
  app: string;
  settings: NatsSettings;
}

/**
 * Longest single pull; a longer wait is several. Two reasons: a consumer the server forgot is noticed, and on 2.9.10 a
 * pull that waits at the bound of unsettled messages is not always woken when an ack makes room (seen 2026-11-20: 13 of
 * 860 waited on, up to their whole 4 s; with pulls of 1 s none of 750; why is not known).
 */
const LONGEST_PULL_MS = 1_000;
const SHORTEST_PULL_MS = 50;
const BUSY_PAUSE_MS = 10;
/** Stays under the 25 s a shutdown may take. */
const CLOSE_WAIT_MS = 15_000;

export class NatsBus implements Bus {
  readonly adapter = 'nats';
  private readonly requests: NatsRequests;
  private readonly api: NatsApi;
  private readonly consumers: NatsConsumers;
  private readonly origins: NatsOrigins;
  private readonly streams: NatsStreams;
  private readonly responders = new Set<Subscription>();
  private answering = 0;
  private readonly allAnswered: (() => void)[] = [];
  private readonly fetching = new Set<Promise<unknown>>();
  private readonly connectedListeners: (() => void)[] = [];
  /** Aborted on disconnect and close, replaced on reconnect. */
  private epoch = new AbortController();
  private closing = false;

  static async connect(options: NatsBusOptions): Promise<NatsBus> {
    const connection = await connectNats(options.app, options.settings);
    const jsm = await jetstreamManager(connection, { checkAPI: false, timeout: API_TIMEOUT_MS });
    const bus = new NatsBus(connection, jsm, options);
    void bus.watch();
    try {
      await bus.streams.makeAtStart(options.settings.connectTimeoutMs);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return bus;
  }

  private constructor(
    private readonly connection: NatsConnection,
    jsm: JetStreamManager,
    private readonly options: NatsBusOptions,
  ) {
    this.requests = new NatsRequests(connection, `_INBOX.${options.app}`);
    this.api = new NatsApi(jsm, this.requests, (stream) => this.streams.missing(stream));
    this.consumers = new NatsConsumers(this.api, options.logger);
    this.origins = new NatsOrigins(this.api, this.requests);
    this.streams = new NatsStreams(jsm, this.requests, options, () => {
      // The server may have forgotten the durables too; only then may those who compare ledgers look.
      this.consumers.forgetAll();
      for (const listener of this.connectedListeners) listener();
    });
  }

  async request(
    message: BusMessage,
    timeoutMs: number,
  ): Promise<{ payload: Uint8Array; headers: Record<string, string> }> {
    assertPayloadFits(message.subject, message.payload, this.payloadLimit());
    const reply = await this.requests.ask(message.subject, message.payload, timeoutMs, toNatsHeaders(message.headers));
    return { payload: reply.data, headers: fromNatsHeaders(reply) };
  }

  async respond(subject: string, queue: string, responder: Parameters<Bus['respond']>[2]): Promise<Unsubscribe> {
    // The client decodes the subject of every message anew.
    const isLiteral = !/[*>]/.test(subject);
    const subscription = await this.listen(
      subject,
      queue,
      (message) => void this.answer(isLiteral ? subject : message.subject, message, responder),
    );
    this.responders.add(subscription);
    return async () => {
      this.responders.delete(subscription);
      await drained(subscription);
    };
  }

  async publish(message: BusMessage): Promise<void> {
    assertPayloadFits(message.subject, message.payload, this.payloadLimit());
    // At most once: what nobody can hear now is not kept for later.
    if (!this.isConnected()) return;
    this.connection.publish(message.subject, message.payload, { headers: toNatsHeaders(message.headers) });
  }

  async subscribe(subject: string, listener: (message: BusMessage) => void): Promise<Unsubscribe> {
    const subscription = await this.listen(subject, undefined, (message) => {
      try {
        listener({ subject: message.subject, payload: message.data, headers: fromNatsHeaders(message) });
      } catch (error) {
        this.options.logger.error('a bus listener failed', error, { subject: message.subject });
      }
    });
    return () => drained(subscription);
  }

  async append(stream: string, messageId: string, message: BusMessage): Promise<Appended> {
    assertPayloadFits(message.subject, message.payload, this.payloadLimit());
    const headers = toNatsHeaders({
      ...message.headers,
      [MESSAGE_ID_HEADER]: messageId,
      'Nats-Expected-Stream': stream,
    });
    try {
      const reply = await this.requests.ask(message.subject, message.payload, API_TIMEOUT_MS, headers);
      return appended(stream, reply);
    } catch (error) {
      if (error instanceof AppError && error.kind === 'unavailable' && this.isConnected()) this.streams.missing(stream);
      throw error;
    }
  }

  fetch(consumer: ConsumerSpec, max: number, waitMs: number, stop?: AbortSignal): Promise<Delivery[]> {
    const running = this.fetchUntil(consumer, max, performance.now() + waitMs, stop);
    this.fetching.add(running);
    const done = (): boolean => this.fetching.delete(running);
    running.then(done, done);
    return running;
  }

  lag(consumer: ConsumerSpec): Promise<number> {
    return this.consumers.unsettled(consumer);
  }

  streamState(stream: string): Promise<StreamState> {
    return this.streams.state(stream, this.api);
  }

  rewindReaders(stream: string, rewind: Rewind): Promise<void> {
    return this.streams.note(stream, rewind, this.api);
  }

  onConnected(listener: () => void): void {
    this.connectedListeners.push(listener);
    if (this.isConnected() && this.streams.areMade) queueMicrotask(listener);
  }

  isConnected(): boolean {
    return this.requests.isConnected && !this.connection.isClosed();
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    this.streams.connectionLost();
    this.epoch.abort();
    if (this.isConnected()) {
      await Promise.all([...this.responders].map(drained));
      const answered = new Promise<void>((resolve) => {
        if (this.answering === 0) resolve();
        else this.allAnswered.push(resolve);
      });
      const finished = Promise.allSettled([answered, ...this.fetching]);
      await Promise.race([finished, sleep(CLOSE_WAIT_MS, undefined, { ref: false })]);
      await this.connection.drain().catch(() => this.connection.close());
    }
    await this.connection.close();
    this.requests.setConnected(false);
  }

  private async fetchUntil(
    consumer: ConsumerSpec,
    max: number,
    deadline: number,
    stop?: AbortSignal,
  ): Promise<Delivery[]> {
    while (!this.closing && stop?.aborted !== true) {
      // Without this a pull that ends at once because the connection is gone would be repeated without a pause.
      this.requests.assertConnected();
      await this.consumers.ensure(consumer);
      // Of the time before the pull: what arrives for it cannot be older.
      const { epoch } = this.requests;
      const left = deadline - performance.now();
      const { messages, outcome } = await pull(this.connection, {
        inboxPrefix: `_INBOX.${this.options.app}`,
        stream: consumer.stream,
        durable: consumer.durable,
        max,
        waitMs: Math.max(SHORTEST_PULL_MS, Math.min(left, LONGEST_PULL_MS)),
        aborts: stop === undefined ? [this.epoch.signal] : [this.epoch.signal, stop],
      });
      if (outcome === 'silent' || outcome === 'consumer-gone') this.consumers.forget(consumer);
      if (messages.length > 0) {
        return messages.map((message) =>
          toDelivery(message, this.requests, this.origins.check(consumer.stream, epoch)),
        );
      }
      if (performance.now() >= deadline) return [];
      if (outcome === 'busy') await sleep(BUSY_PAUSE_MS);
    }
    return [];
  }

  private async listen(
    subject: string,
    queue: string | undefined,
    onMessage: (message: Msg) => void,
  ): Promise<Subscription> {
    let refused: Error | undefined;
    const subscription = this.connection.subscribe(subject, {
      queue,
      callback: (error, message) => {
        if (error === null) return onMessage(message);
        refused = error instanceof PermissionViolationError ? missingRight(error) : error;
        this.options.logger.error('a subscription ended', refused, { subject });
      },
    });
    // The server has it, or has refused it, when it answers the ping behind it.
    await this.requests.guard(() => this.connection.flush(), { subject, timeoutMs: API_TIMEOUT_MS });
    if (refused !== undefined) throw refused;
    return subscription;
  }

  /** Never rejects. */
  private async answer(subject: string, message: Msg, responder: Parameters<Bus['respond']>[2]): Promise<void> {
    this.answering += 1;
    let reply: { payload: Uint8Array; headers: Readonly<Record<string, string>> };
    try {
      reply = await responder({
        subject,
        payload: message.data,
        headers: fromNatsHeaders(message),
      });
      assertPayloadFits(subject, reply.payload, this.payloadLimit());
    } catch (error) {
      this.options.logger.error('a responder failed', error, { subject });
      reply = errorReply(toAppError(error));
    }
    try {
      message.respond(reply.payload, { headers: toNatsHeaders(reply.headers) });
    } catch (error) {
      this.options.logger.warn('a reply could not be sent', { subject }, error);
    }
    this.answering -= 1;
    if (this.answering === 0) for (const resolve of this.allAnswered.splice(0)) resolve();
  }

  private payloadLimit(): number {
    // 64 KiB for headers, which count towards the server's limit.
    return Math.min(MAX_PAYLOAD_BYTES, (this.connection.info?.max_payload ?? 1024 * 1024) - 64 * 1024);
  }

  private async watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        this.requests.setConnected(false);
        this.streams.connectionLost();
        this.epoch.abort();
        if (!this.closing) this.options.logger.warn('connection to NATS lost', { server: status.server });
      } else if (status.type === 'reconnect') {
        this.requests.setConnected(true);
        this.epoch = new AbortController();
        this.options.logger.info('connected to NATS again', { server: status.server });
        void this.streams.makeAgain();
      } else if (status.type === 'error') {
        if (status.error instanceof PermissionViolationError) this.requests.refused(status.error);
        this.options.logger.error('NATS reports an error', status.error);
      } else if (status.type === 'slowConsumer') {
        this.options.logger.warn('slow NATS subscriber', { subject: status.sub.getSubject(), pending: status.pending });
      }
    }
  }
}

/** A subscription whose connection is gone has nothing left to drain. */
async function drained(subscription: Subscription): Promise<void> {
  if (subscription.isClosed() || subscription.isDraining()) return;
  await subscription.drain().catch(() => undefined);
}
