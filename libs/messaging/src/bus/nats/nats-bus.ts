import { setTimeout as sleep } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type Msg, type NatsConnection, PermissionViolationError, type Subscription } from '@nats-io/transport-node';
import { AppError, toAppError } from '#kernel';
import { ensureTopology, TopologyError } from '../../topology/ensure-topology.js';
import type { StreamSpec } from '../../topology/topology.js';
import type { Appended, Bus, BusMessage, ConsumerSpec, Delivery, StreamState, Unsubscribe } from '../bus.port.js';
import { assertPayloadFits, type BusLogger, errorReply, MAX_PAYLOAD_BYTES, unavailable } from '../bus-errors.js';
import { connectNats, type NatsSettings, NatsStartError } from './connect-nats.js';
import { API_TIMEOUT_MS, NatsApi } from './nats-api.js';
import { NatsConsumers } from './nats-consumers.js';
import { toDelivery } from './nats-delivery.js';
import { fromNatsHeaders, MESSAGE_ID_HEADER, toNatsHeaders } from './nats-headers.js';
import { pull } from './nats-pull.js';
import { missingRight, NatsRequests } from './nats-requests.js';

export interface NatsBusOptions {
  /** Name of the connection and of its inbox prefix. */
  app: string;
  settings: NatsSettings;
  /** Streams this process makes and keeps as wanted. */
  streams: readonly StreamSpec[];
  mayChange?: (stream: string) => boolean;
  logger: BusLogger;
}

/** Longest single pull; a longer wait is several, so that a consumer the server forgot is noticed. */
const LONGEST_PULL_MS = 5_000;
const SHORTEST_PULL_MS = 50;
const BUSY_PAUSE_MS = 10;
/** The API answers only after the server has read its store back. */
const PROVISION_PAUSE_MS = 300;
/** Stays under the 25 s a shutdown may take. */
const CLOSE_WAIT_MS = 15_000;

interface PubAck {
  stream?: string;
  seq?: number;
  duplicate?: boolean;
  error?: { code: number; err_code?: number; description?: string };
}

export class NatsBus implements Bus {
  readonly adapter = 'nats';
  private readonly requests: NatsRequests;
  private readonly api: NatsApi;
  private readonly consumers: NatsConsumers;
  private readonly responders = new Set<Subscription>();
  private readonly answering = new Set<Promise<void>>();
  private readonly fetching = new Set<Promise<unknown>>();
  private readonly connectedListeners: (() => void)[] = [];
  /** Aborted on disconnect and close, replaced on reconnect. */
  private epoch = new AbortController();
  private provisioned = false;
  private closing = false;

  static async connect(options: NatsBusOptions): Promise<NatsBus> {
    const connection = await connectNats(options.app, options.settings);
    const jsm = await jetstreamManager(connection, { checkAPI: false, timeout: API_TIMEOUT_MS });
    const bus = new NatsBus(connection, jsm, options);
    void bus.watch();
    try {
      await bus.provisionAtStart();
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
    this.requests = new NatsRequests(connection);
    this.api = new NatsApi(jsm, this.requests, (stream) => this.streamIsMissing(stream));
    this.consumers = new NatsConsumers(this.api);
  }

  async request(
    message: BusMessage,
    timeoutMs: number,
  ): Promise<{ payload: Uint8Array; headers: Record<string, string> }> {
    assertPayloadFits(message.subject, message.payload, this.payloadLimit());
    const reply = await this.requests.ask(message.subject, message.payload, timeoutMs, toNatsHeaders(message.headers));
    return { payload: reply.data, headers: fromNatsHeaders(reply.headers) };
  }

  async respond(subject: string, queue: string, responder: Parameters<Bus['respond']>[2]): Promise<Unsubscribe> {
    const subscription = await this.listen(subject, queue, (message) => {
      const answer = this.answer(message, responder);
      this.answering.add(answer);
      void answer.finally(() => this.answering.delete(answer));
    });
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
        listener({ subject: message.subject, payload: message.data, headers: fromNatsHeaders(message.headers) });
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
      if (error instanceof AppError && error.kind === 'unavailable' && this.isConnected()) this.streamIsMissing(stream);
      throw error;
    }
  }

  fetch(consumer: ConsumerSpec, max: number, waitMs: number): Promise<Delivery[]> {
    const running = this.fetchUntil(consumer, max, performance.now() + waitMs);
    this.fetching.add(running);
    const done = (): boolean => this.fetching.delete(running);
    running.then(done, done);
    return running;
  }

  lag(consumer: ConsumerSpec): Promise<number> {
    return this.consumers.unsettled(consumer);
  }

  async streamState(stream: string): Promise<StreamState> {
    const info = await this.api.call(stream, (jsm) => jsm.streams.info(stream));
    return { name: stream, created: info.created, lastSequence: info.state.last_seq };
  }

  onConnected(listener: () => void): void {
    this.connectedListeners.push(listener);
    if (this.isConnected() && this.provisioned) queueMicrotask(listener);
  }

  isConnected(): boolean {
    return this.requests.isConnected && !this.connection.isClosed();
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    this.epoch.abort();
    if (this.isConnected()) {
      await Promise.all([...this.responders].map(drained));
      const finished = Promise.allSettled([...this.answering, ...this.fetching]);
      await Promise.race([finished, sleep(CLOSE_WAIT_MS, undefined, { ref: false })]);
      await this.connection.drain().catch(() => this.connection.close());
    }
    await this.connection.close();
  }

  private async fetchUntil(consumer: ConsumerSpec, max: number, deadline: number): Promise<Delivery[]> {
    while (!this.closing) {
      await this.consumers.ensure(consumer);
      const left = deadline - performance.now();
      const { messages, outcome } = await pull(this.connection, {
        inboxPrefix: `_INBOX.${this.options.app}`,
        stream: consumer.stream,
        durable: consumer.durable,
        max,
        waitMs: Math.max(SHORTEST_PULL_MS, Math.min(left, LONGEST_PULL_MS)),
        abort: this.epoch.signal,
      });
      if (outcome === 'silent' || outcome === 'consumer-gone') this.consumers.forget(consumer);
      if (messages.length > 0) return messages.map((message) => toDelivery(message, this.requests));
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

  private async answer(message: Msg, responder: Parameters<Bus['respond']>[2]): Promise<void> {
    let reply: { payload: Uint8Array; headers: Readonly<Record<string, string>> };
    try {
      reply = await responder({
        subject: message.subject,
        payload: message.data,
        headers: fromNatsHeaders(message.headers),
      });
      assertPayloadFits(message.subject, reply.payload, this.payloadLimit());
    } catch (error) {
      this.options.logger.error('a responder failed', error, { subject: message.subject });
      reply = errorReply(toAppError(error));
    }
    try {
      message.respond(reply.payload, { headers: toNatsHeaders(reply.headers) });
    } catch (error) {
      this.options.logger.warn('a reply could not be sent', { subject: message.subject }, error);
    }
  }

  private payloadLimit(): number {
    // 64 KiB for headers, which count towards the server's limit.
    return Math.min(MAX_PAYLOAD_BYTES, (this.connection.info?.max_payload ?? 1024 * 1024) - 64 * 1024);
  }

  private async watch(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') {
        this.requests.setConnected(false);
        this.provisioned = false;
        this.epoch.abort();
        if (!this.closing) this.options.logger.warn('connection to NATS lost', { server: status.server });
      } else if (status.type === 'reconnect') {
        this.requests.setConnected(true);
        this.epoch = new AbortController();
        this.options.logger.info('connected to NATS again', { server: status.server });
        void this.provisionAgain();
      } else if (status.type === 'error') {
        this.options.logger.error('NATS reports an error', status.error);
      } else if (status.type === 'slowConsumer') {
        this.options.logger.warn('slow NATS subscriber', { subject: status.sub.getSubject(), pending: status.pending });
      }
    }
  }

  private async provision(): Promise<void> {
    const { streams, mayChange, logger } = this.options;
    const { created, changed } = await this.requests.guard(() => ensureTopology(this.api.jsm, streams, mayChange), {
      subject: '$JS.API.STREAM',
      timeoutMs: API_TIMEOUT_MS,
    });
    if (created.length > 0) logger.info('streams created', { created });
    if (changed.length > 0) logger.info('streams changed', { changed });
    this.provisioned = true;
  }

  private async provisionAtStart(): Promise<void> {
    const deadline = performance.now() + this.options.settings.connectTimeoutMs;
    for (;;) {
      try {
        return await this.provision();
      } catch (error) {
        if (error instanceof TopologyError) throw error;
        if (performance.now() > deadline) {
          throw new NatsStartError(
            `NATS is there, but JetStream did not answer (${error instanceof Error ? error.message : String(error)}). ` +
              'Start the server with deploy/nats/nats.conf (its jetstream block), and write that file anew when contracts changed.',
            { cause: error },
          );
        }
        await sleep(PROVISION_PAUSE_MS);
      }
    }
  }

  /** A server that comes back may have lost its store: streams first, then the consumers, then those who compare ledgers. */
  private async provisionAgain(): Promise<void> {
    const epoch = this.epoch;
    while (!epoch.signal.aborted && !this.provisioned) {
      try {
        await this.provision();
      } catch (error) {
        this.options.logger.warn('streams could not be checked', {}, error);
        if (error instanceof TopologyError) break;
        await sleep(PROVISION_PAUSE_MS);
      }
    }
    if (epoch.signal.aborted) return;
    this.consumers.forgetAll();
    for (const listener of this.connectedListeners) listener();
  }

  /** Somebody deleted a stream under a living connection: make our own anew and let the ledgers be compared. */
  private streamIsMissing(stream: string): void {
    if (!this.provisioned || this.closing || !this.options.streams.some((own) => own.name === stream)) return;
    this.provisioned = false;
    this.options.logger.warn('a stream of ours is missing on NATS; making it anew', { stream });
    void this.provisionAgain();
  }
}

function appended(stream: string, reply: Msg): Appended {
  const ack = reply.json<PubAck>();
  if (ack.error !== undefined || ack.seq === undefined) {
    const reason = ack.error?.description ?? 'no sequence in the answer';
    throw unavailable(`Stream ${stream} did not store the message: ${reason}.`);
  }
  return { stream: ack.stream ?? stream, sequence: ack.seq, duplicate: ack.duplicate ?? false };
}

/** A subscription whose connection is gone has nothing left to drain. */
async function drained(subscription: Subscription): Promise<void> {
  if (subscription.isClosed() || subscription.isDraining()) return;
  await subscription.drain().catch(() => undefined);
}
