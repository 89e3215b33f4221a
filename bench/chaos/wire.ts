import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { ApplicationStatusChangedV1 } from '#contracts';
import type { NatsHandle } from '../../libs/testing/src/nats/index.js';

const POISON_EVERY_MS = 1_000;

/** The rig's own eyes and hands on the bus, as the user that may do everything. */
export class Wire {
  private readonly seen = new Map<string, number>();
  readonly poison: string[] = [];
  private poisoner: NodeJS.Timeout | undefined;
  private planting: Promise<void> = Promise.resolve();
  /** `stream durable` of everybody who reads, as it was when all were up. */
  private durables: ReadonlySet<string> = new Set();

  private constructor(
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
  ) {}

  static async open(nats: NatsHandle): Promise<Wire> {
    const { NATS_URL, NATS_USER, NATS_PASSWORD } = nats.settingsFor('admin');
    const connection = await connect({
      servers: NATS_URL,
      user: NATS_USER,
      pass: NATS_PASSWORD,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    const wire = new Wire(connection, await jetstreamManager(connection, { checkAPI: false }));
    for (const subject of ['evt.>', 'cmd.>']) {
      connection.subscribe(subject, {
        callback: (error, message) => {
          const id = error === null ? message.headers?.get('Nats-Msg-Id') : undefined;
          if (id !== undefined && id !== '') wire.seen.set(id, (wire.seen.get(id) ?? 0) + 1);
        },
      });
    }
    wire.durables = new Set((await wire.consumers()).map(({ name }) => name));
    return wire;
  }

  /** Messages on the wire, as far as we were connected: how many, and how often one came again. */
  get traffic(): { messages: number; repeated: number } {
    let repeated = 0;
    for (const times of this.seen.values()) repeated += times - 1;
    return { messages: this.seen.size, repeated };
  }

  /** From now on a message a second that no reader can read; each must end as one dead letter of each reader. */
  startPoison(): void {
    this.poisoner = setInterval(() => {
      this.planting = this.planting.then(() => this.plant());
    }, POISON_EVERY_MS);
  }

  async stopPoison(): Promise<void> {
    clearInterval(this.poisoner);
    await this.planting;
  }

  /** Messages no consumer has settled yet. A consumer that is not back yet counts as one: all of its may be waiting. */
  async unsettled(): Promise<number> {
    const there = await this.consumers();
    const names = new Set(there.map(({ name }) => name));
    const away = [...this.durables].filter((name) => !names.has(name)).length;
    return there.reduce((sum, { open }) => sum + open, away);
  }

  /** Where every stream ends. */
  async streamEnds(): Promise<Map<string, number>> {
    const ends = new Map<string, number>();
    for await (const stream of this.manager.streams.list()) ends.set(stream.config.name, stream.state.last_seq);
    return ends;
  }

  async close(): Promise<void> {
    await this.stopPoison();
    await this.connection.close();
  }

  private async consumers(): Promise<{ name: string; open: number }[]> {
    const found: { name: string; open: number }[] = [];
    for await (const { config } of this.manager.streams.list()) {
      for await (const { name, num_pending, num_ack_pending } of this.manager.consumers.list(config.name)) {
        found.push({ name: `${config.name} ${name}`, open: num_pending + num_ack_pending });
      }
    }
    return found;
  }

  /** Asked again with the same id until the bus says that it has it. */
  private async plant(): Promise<void> {
    const id = randomUUID();
    const named = headers();
    named.set('Nats-Msg-Id', id);
    while (!this.connection.isClosed()) {
      try {
        await jetstream(this.connection).publish(ApplicationStatusChangedV1.subject, 'not an envelope', {
          headers: named,
        });
        this.poison.push(id);
        return;
      } catch {
        // The bus is away for a moment.
        await sleep(200);
      }
    }
  }
}
