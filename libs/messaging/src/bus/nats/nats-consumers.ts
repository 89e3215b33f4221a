import type { ConsumerConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { ConsumerSpec } from '../bus.port.js';
import { isApiError, type NatsApi } from './nats-api.js';

/** Error codes of the JetStream API, from the server's errors.json. */
const CONSUMER_NOT_FOUND = 10014;
/** Since 2.10 a create does not change a consumer that is there with other settings. */
const CONSUMER_EXISTS = [10148, 10105, 10013];

/** Durables are made when they are first pulled from, and again whenever the server may have forgotten them. */
export class NatsConsumers {
  private readonly known = new Map<string, Promise<void>>();

  constructor(private readonly api: NatsApi) {}

  forgetAll(): void {
    this.known.clear();
  }

  forget(spec: ConsumerSpec): void {
    this.known.delete(keyOf(spec));
  }

  ensure(spec: ConsumerSpec): Promise<void> {
    const key = keyOf(spec);
    const running = this.known.get(key);
    if (running !== undefined) return running;
    const started = this.create(spec).catch((error: unknown) => {
      this.known.delete(key);
      throw error;
    });
    this.known.set(key, started);
    return started;
  }

  /** Waiting plus handed out. */
  async unsettled(spec: ConsumerSpec): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      await this.ensure(spec);
      try {
        const info = await this.api.call(spec.stream, (jsm) => jsm.consumers.info(spec.stream, spec.durable));
        return info.num_pending + info.num_ack_pending;
      } catch (error) {
        if (attempt > 1 || !isApiError(error, CONSUMER_NOT_FOUND)) throw error;
        this.forget(spec);
      }
    }
  }

  private async create(spec: ConsumerSpec): Promise<void> {
    const config = consumerConfig(spec);
    try {
      await this.api.call(spec.stream, (jsm) => jsm.consumers.add(spec.stream, config));
    } catch (error) {
      if (!isApiError(error, ...CONSUMER_EXISTS)) throw error;
      await this.api.call(spec.stream, (jsm) => jsm.consumers.update(spec.stream, spec.durable, config));
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
