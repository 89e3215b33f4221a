import { type AppName, type CommandContract, commandStream, eventStream, SERVICES, type ServiceName } from '#contracts';
import { type ContractRegistry, contractRegistry } from './contract-registry.js';

export type StreamKind = 'events' | 'work' | 'dead-letters';

export interface StreamSpec {
  name: string;
  kind: StreamKind;
  subjects: readonly string[];
  /** 0: kept until it is settled. */
  maxAgeMs: number;
  maxBytes: number;
  duplicateWindowMs: number;
  replicas: number;
}

export interface TopologySettings {
  /** 3 in a cluster, 1 on a single server. */
  replicas: 1 | 3;
  /** How long events can be replayed from the stream; what is older comes from the owner's snapshot. */
  eventMaxAgeMs: number;
  /** Per stream. All streams together must fit into `max_file_store` of the server, which reserves them. */
  eventMaxBytes: number;
  commandMaxBytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

/** 13 streams: 6 × 512 MiB + 6 × 256 MiB + 256 MiB = 4.75 GiB reserved of the 10 GB the shipped server allows. */
export const defaultTopologySettings: TopologySettings = {
  replicas: 1,
  eventMaxAgeMs: 30 * DAY_MS,
  eventMaxBytes: 512 * MIB,
  commandMaxBytes: 256 * MIB,
};

/** ≥ the longest burst of relay retries; NATS's default of 2 minutes is shorter than one. */
export const DUPLICATE_WINDOW_MS = 10 * 60 * 1000;

export const DEAD_LETTER_STREAM = 'DLQ';

/**
 * Any service may create the shared dead-letter stream (whoever starts first), one may change it.
 * notifications: the service that never owns facts others depend on.
 */
const DEAD_LETTER_OWNER: ServiceName = 'notifications';

export interface ConsumerName {
  stream: string;
  durable: string;
  /** What the durable's filter may be; the server checks it against the subject of the create request. */
  filters: string;
}

/** The one place that knows the name of every stream, durable and subject outside the contracts. */
export class Topology {
  constructor(
    readonly settings: TopologySettings = defaultTopologySettings,
    readonly registry: ContractRegistry = contractRegistry(),
  ) {}

  /** Streams of a service; the gateway has none. The dead-letter stream comes with every service. */
  streamsOf(app: AppName): StreamSpec[] {
    if (app === 'gateway') return [];
    return [this.events(app), this.work(app), this.deadLetters()];
  }

  allStreams(): StreamSpec[] {
    return [...SERVICES.map((s) => this.events(s)), ...SERVICES.map((s) => this.work(s)), this.deadLetters()];
  }

  stream(name: string): StreamSpec | undefined {
    return this.allStreams().find((stream) => stream.name === name);
  }

  /** Streams whose settings this app may change. */
  ownStreams(app: AppName): string[] {
    return this.streamsOf(app)
      .map((stream) => stream.name)
      .filter((name) => name !== DEAD_LETTER_STREAM || app === DEAD_LETTER_OWNER);
  }

  readerDurable(reader: AppName, feature: string): string {
    return `${reader}-${feature}`;
  }

  /** Work-queue streams do not allow overlapping filters, so every command has exactly one durable. */
  commandDurable(contract: Pick<CommandContract, 'service' | 'subject'>): string {
    return contract.subject.replace(/^cmd\./, '').replaceAll('.', '-');
  }

  deadLetterSubject(reader: AppName, durable: string): string {
    return `dlq.${reader}.${durable}`;
  }

  deadLetterFilter(reader: AppName): string {
    return `dlq.${reader}.>`;
  }

  deadLetterDurable(reader: ServiceName): string {
    return `${reader}-dead-letters`;
  }

  /** Between the replicas of one app: shared counters, cache invalidation. Nobody else hears or says them. */
  peerSubject(app: AppName, topic: string): string {
    return `peer.${app}.${topic}`;
  }

  /** Every durable an app may create and pull from. */
  consumersOf(app: AppName): ConsumerName[] {
    if (app === 'gateway') return [];
    const reading = this.registry.readers
      .filter((reader) => reader.reader === app && !reader.live)
      .flatMap((reader) =>
        reader.reads.map((service) => ({
          stream: eventStream(service),
          durable: this.readerDurable(app, reader.feature),
          filters: '>',
        })),
      );
    const working = this.registry.commands
      .filter((command) => command.service === app)
      .map((command) => ({
        stream: command.stream,
        durable: this.commandDurable(command),
        filters: command.subject,
      }));
    // All services share this stream; each sees its own part.
    const dead = {
      stream: DEAD_LETTER_STREAM,
      durable: this.deadLetterDurable(app),
      filters: this.deadLetterFilter(app),
    };
    return [...reading, ...working, dead];
  }

  /** Services whose events an app hears as they happen: its live readers, what it reads durably, and its own. */
  heardLive(app: AppName): ServiceName[] {
    const heard = new Set<ServiceName>(SERVICES.filter((service) => service === app));
    for (const reader of this.registry.readers) {
      if (reader.reader === app) reader.reads.forEach((service) => heard.add(service));
    }
    return [...heard].sort();
  }

  /** Fails with the remedy when the durable is not declared: on NATS the server would refuse it with less to go on. */
  assertConsumer(app: AppName, stream: string, durable: string): void {
    if (this.consumersOf(app).some((known) => known.stream === stream && known.durable === durable)) return;
    throw new Error(
      `${app} has no right to the durable '${durable}' on ${stream}. Declare the reader in libs/contracts/src/readers.ts, then write deploy/nats anew (npm run sync:nats).`,
    );
  }

  private events(service: ServiceName): StreamSpec {
    return {
      name: eventStream(service),
      kind: 'events',
      subjects: [`evt.${service}.>`],
      maxAgeMs: this.settings.eventMaxAgeMs,
      maxBytes: this.settings.eventMaxBytes,
      duplicateWindowMs: DUPLICATE_WINDOW_MS,
      replicas: this.settings.replicas,
    };
  }

  private work(service: ServiceName): StreamSpec {
    return {
      ...this.events(service),
      name: commandStream(service),
      kind: 'work',
      subjects: [`cmd.${service}.>`],
      maxAgeMs: 0,
      maxBytes: this.settings.commandMaxBytes,
    };
  }

  private deadLetters(): StreamSpec {
    return {
      name: DEAD_LETTER_STREAM,
      kind: 'dead-letters',
      subjects: SERVICES.map((service) => this.deadLetterFilter(service)),
      maxAgeMs: 90 * DAY_MS,
      maxBytes: this.settings.commandMaxBytes,
      duplicateWindowMs: DUPLICATE_WINDOW_MS,
      replicas: this.settings.replicas,
    };
  }
}
