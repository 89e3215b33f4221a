import type { ConsumerConfig, ConsumerInfo, StreamInfo } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { type BusLogger, unavailable } from '../bus-errors.js';
import type { ConsumerSpec } from '../bus.port.js';
import { isApiError, type NatsApi } from './nats-api.js';
import { noteOfDurable, readDurableNote, readStreamNote } from './rewind-note.js';
import { whereToStart } from './where-to-start.js';

/** Error codes of the JetStream API, from the server's errors.json. */
const CONSUMER_NOT_FOUND = 10014;
/** Another replica was faster, and made it with other settings (a start of its own). */
const CONSUMER_EXISTS = [10148, 10105, 10013, 10012];

/** How long a look at a durable and its stream holds. A rewind is followed within this time. */
const LOOK_EVERY_MS = 3_000;

interface Opened {
  lookedAt: number;
  done: Promise<void>;
}

/**
 * Durables are made when they are first pulled from. From then on each is looked at every few seconds and after every
 * reconnect, because a server that comes back on an older or torn copy of its store may have durables that stand behind
 * messages their stream has lost. Such a durable passes over as many new ones; it is made anew where it misses nothing.
 *
 * Several replicas may do so at once: each starts at or below what was settled, so at worst messages come once more.
 * A durable that somebody deleted and did not live to make anew starts at the beginning.
 */
export class NatsConsumers {
  private readonly opened = new Map<string, Opened>();
  /** Per work queue durable: the message it has left behind, as seen last time. */
  private readonly leftBehind = new Map<string, number>();
  private readonly adjusted = new Set<string>();

  constructor(
    private readonly api: NatsApi,
    private readonly logger: BusLogger,
  ) {}

  forgetAll(): void {
    this.opened.clear();
    this.adjusted.clear();
  }

  forget(spec: ConsumerSpec): void {
    this.opened.delete(keyOf(spec));
  }

  /** The durable is there and stands where it may. */
  ensure(spec: ConsumerSpec): Promise<void> {
    const key = keyOf(spec);
    const known = this.opened.get(key);
    if (known !== undefined && performance.now() - known.lookedAt < LOOK_EVERY_MS) return known.done;
    const opened = { lookedAt: performance.now(), done: this.open(spec) };
    this.opened.set(key, opened);
    opened.done.catch(() => {
      if (this.opened.get(key) === opened) this.opened.delete(key);
    });
    return opened.done;
  }

  /** Waiting plus handed out. */
  async unsettled(spec: ConsumerSpec): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      await this.ensure(spec);
      const info = await this.infoOf(spec);
      if (info !== undefined) return info.num_pending + info.num_ack_pending;
      this.forget(spec);
      if (attempt > 1) throw unavailable(`The durable ${spec.durable} vanishes from ${spec.stream} again and again.`);
    }
  }

  private async open(spec: ConsumerSpec): Promise<void> {
    // Before the stream: so a durable that looks ahead of it is.
    const found = await this.infoOf(spec);
    const stream = await this.api.call(spec.stream, (jsm) => jsm.streams.info(spec.stream));
    const { generation } = readStreamNote(stream.config.description);
    const wanted = { ...consumerConfig(spec), description: noteOfDurable(generation) };
    if (found === undefined) return this.create(spec, wanted);
    const start = await this.startAgain(spec, found, stream);
    if (start !== undefined) return this.makeAnew(spec, wanted, found, start);
    await this.adjust(spec, found.config, wanted);
  }

  /** Settings once per connection: while two versions run, they would change each other's at every look. */
  private async adjust(spec: ConsumerSpec, existing: ConsumerConfig, wanted: Partial<ConsumerConfig>): Promise<void> {
    const key = keyOf(spec);
    const fields = this.adjusted.has(key) ? NOTE : CHANGEABLE;
    this.adjusted.add(key);
    if (fields.every((field) => existing[field] === wanted[field])) return;
    await this.api.call(spec.stream, (jsm) =>
      jsm.consumers.update(
        spec.stream,
        spec.durable,
        Object.fromEntries(fields.map((field) => [field, wanted[field]])),
      ),
    );
  }

  /** The position from which it has to be read again; undefined when it may go on. */
  private async startAgain(spec: ConsumerSpec, found: ConsumerInfo, stream: StreamInfo): Promise<number | undefined> {
    const position = {
      delivered: found.delivered.stream_seq,
      ackFloor: found.ack_floor.stream_seq,
      generation: readDurableNote(found.config.description),
    };
    const { last_seq: last, first_seq: first, messages } = stream.state;
    if (stream.config.retention !== 'workqueue') {
      return whereToStart(position, { last, rewind: readStreamNote(stream.config.description) });
    }
    if (position.delivered > last) return 1;
    const mayLeave = messages > 0 && first <= position.ackFloor;
    return mayLeave && (await this.hasLeftBehind(spec, position.ackFloor)) ? 1 : undefined;
  }

  /**
   * A work queue forgets what is settled, so nothing of a durable's own can be at or below its ack floor, except for the
   * moment between the two. What is still there at the next look was appended at a position the durable had passed.
   * (On a work queue there is no rewind: several services append to it, and none of them may write on it.)
   */
  private async hasLeftBehind(spec: ConsumerSpec, ackFloor: number): Promise<boolean> {
    const key = keyOf(spec);
    const before = this.leftBehind.get(key);
    this.leftBehind.delete(key);
    const query = { seq: 1, next_by_subj: spec.filterSubject };
    const oldest = await this.api.call(spec.stream, (jsm) => jsm.streams.getMessage(spec.stream, query));
    if (oldest === null || oldest.seq > ackFloor) return false;
    if (oldest.seq === before) return true;
    this.leftBehind.set(key, oldest.seq);
    return false;
  }

  private async makeAnew(
    spec: ConsumerSpec,
    wanted: Partial<ConsumerConfig>,
    found: ConsumerInfo,
    start: number,
  ): Promise<void> {
    // Another replica may have done it since.
    const now = await this.infoOf(spec);
    if (now !== undefined && now.created !== found.created) return;
    const { stream, durable } = spec;
    this.logger.warn('a durable stands behind messages its stream has lost; it is made anew', {
      stream,
      durable,
      delivered_up_to: found.delivered.stream_seq,
      settled_up_to: found.ack_floor.stream_seq,
      reads_again_from: start,
    });
    try {
      await this.api.call(stream, (jsm) => jsm.consumers.delete(stream, durable));
    } catch (error) {
      if (!isApiError(error, CONSUMER_NOT_FOUND)) throw error;
    }
    // Work queues know no other start than the beginning.
    if (start === 1) return this.create(spec, wanted);
    return this.create(spec, { ...wanted, deliver_policy: 'by_start_sequence', opt_start_seq: start });
  }

  private async create(spec: ConsumerSpec, config: Partial<ConsumerConfig>): Promise<void> {
    try {
      await this.api.call(spec.stream, (jsm) => jsm.consumers.add(spec.stream, config));
    } catch (error) {
      if (!isApiError(error, ...CONSUMER_EXISTS)) throw error;
    }
  }

  private async infoOf({ stream, durable }: ConsumerSpec): Promise<ConsumerInfo | undefined> {
    try {
      return await this.api.call(stream, (jsm) => jsm.consumers.info(stream, durable));
    } catch (error) {
      if (isApiError(error, CONSUMER_NOT_FOUND)) return undefined;
      throw error;
    }
  }
}

const keyOf = (spec: ConsumerSpec): string => `${spec.stream}/${spec.durable}`;

function consumerConfig(spec: ConsumerSpec): Partial<ConsumerConfig> {
  return {
    durable_name: spec.durable,
    filter_subject: spec.filterSubject,
    ack_policy: 'explicit',
    deliver_policy: 'all',
    replay_policy: 'instant',
    // No `backoff`: the list would replace the ack-wait, and slow handlers would get their message twice.
    ack_wait: nanos(spec.ackWaitMs),
    // The code above counts the attempts and copies to the dead letters; the server must not drop a message before.
    max_deliver: -1,
    max_ack_pending: spec.maxAckPending,
  };
}

/** What a newer version may change in a durable that is there. Its start is its own. */
const NOTE = ['description'] as const;
const CHANGEABLE = ['filter_subject', 'ack_wait', 'max_deliver', 'max_ack_pending', ...NOTE] as const;
