import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import type { ServiceName } from '#contracts';
import type { Bus, Unsubscribe } from '../bus/bus.port.js';
import { CommandConsumer } from '../consume/command-consumer.js';
import { EventConsumer } from '../consume/event-consumer.js';
import { LagMeter } from '../consume/lag-meter.js';
import { Puller } from '../consume/puller.js';
import { Settlement } from '../consume/settlement.js';
import type { CommandExtras } from '../decorators.js';
import { Topology } from '../topology/topology.js';
import { type ProcessMessaging, processMessaging } from '../process-messaging.js';
import { RequestGate } from './request-gate.js';
import { rpcResponder } from './rpc-responder.js';
import { type EventGroup, type Invoke, type Routes, routesOf } from './routes.js';

/** Over all replicas. Messages that wait for a later attempt count too, so a few poison ones must not fill it. */
const MOST_UNSETTLED = 4096;
/** How long `close` lets handlers end by themselves, when nobody drained before. */
const DRAIN_MS = 10_000;

/** Nest's handlers on our bus: requests, events and commands, found by their decorators. */
export class BusStrategy extends Server implements CustomTransportStrategy {
  private readonly topology = new Topology();
  private readonly gates = new Map<ServiceName, RequestGate>();
  private readonly pullers: Puller[] = [];
  private subscriptions: Unsubscribe[] = [];
  private lag: LagMeter | undefined;

  constructor(private readonly bus: Bus) {
    super();
  }

  /** Nest would let the second handler of a subject silently replace the first. */
  override addHandler(
    pattern: string,
    callback: MessageHandler,
    isEvent = false,
    extras: Record<string, unknown> = {},
  ) {
    if (this.messageHandlers.has(this.normalizePattern(pattern))) throw new Error(`${pattern} has two handlers`);
    super.addHandler(pattern, callback, isEvent, extras);
  }

  override listen(callback: (error?: unknown) => void): void {
    this.open().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  /** Our connection has its own events; nobody listens to Nest's. */
  override on(): void {
    throw new Error('BusStrategy has no events');
  }

  override unwrap<T>(): T {
    throw new Error('the bus is injected (BUS), not unwrapped');
  }

  override async close(): Promise<void> {
    await this.stopTaking();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS);
    });
    await Promise.race([this.drained(), late]);
    clearTimeout(timer);
    await this.handBack();
  }

  /** No new requests and messages. */
  async stopTaking(): Promise<void> {
    for (const puller of this.pullers) puller.stopTaking();
    await this.lag?.stop();
    await Promise.all(this.subscriptions.splice(0).map((unsubscribe) => unsubscribe()));
  }

  /** Resolves when nothing runs any more. */
  async drained(): Promise<void> {
    await Promise.all([...this.gates.values()].map((gate) => gate.drained()));
    await Promise.all(this.pullers.map((puller) => puller.drained()));
  }

  /** Stops running work, so that another replica takes it over at once. */
  async handBack(): Promise<void> {
    for (const puller of this.pullers) puller.handBack();
    await Promise.all(this.pullers.map((puller) => puller.drained()));
  }

  private async open(): Promise<void> {
    const process = processMessaging(this.bus);
    process.strategy = this;
    const routes = routesOf(this.messageHandlers);
    for (const { extras, invoke } of routes.commands) this.pullCommands(process, extras, invoke);
    for (const group of routes.events) this.pullEvents(process, group);
    await this.answerRequests(process, routes.rpcs);
    for (const puller of this.pullers) puller.start();
    const specs = this.pullers.map((puller) => puller.spec);
    this.lag = new LagMeter(this.bus, specs, process.logger, process.metrics);
    this.lag.start();
  }

  private async answerRequests(process: ProcessMessaging, rpcs: Routes['rpcs']): Promise<void> {
    const { logger, metrics } = process;
    this.subscriptions = await Promise.all(
      rpcs.map(({ extras: { contract }, handle }) => {
        const gate = this.gateOf(process, contract.service);
        const responder = rpcResponder({ contract, handle, gate, logger, metrics });
        return this.bus.respond(contract.subject, contract.service, responder);
      }),
    );
  }

  private gateOf({ options }: ProcessMessaging, service: ServiceName): RequestGate {
    let gate = this.gates.get(service);
    if (gate === undefined) {
      gate = new RequestGate(options.requestsAtOnce, options.requestsWaiting);
      this.gates.set(service, gate);
    }
    return gate;
  }

  private pullEvents(process: ProcessMessaging, group: EventGroup): void {
    const { options, logger, metrics, bus } = process;
    const service = process.service(group.reader);
    const { durable, stream, filterSubject, concurrency, routes } = group;
    this.topology.assertConsumer(group.reader, stream, durable);
    const spec = {
      stream,
      durable,
      filterSubject,
      ackWaitMs: options.eventAckWaitMs,
      maxAckPending: MOST_UNSETTLED,
    };
    const { deadLetters, unitOfWork, letters } = service;
    const maxAttempts = options.eventAttempts;
    const settlement = new Settlement({ durable, maxAttempts, deadLetters, options, logger, metrics });
    const consumer = new EventConsumer(spec, service.service, routes, unitOfWork, settlement);
    letters.serve(durable, stream, (envelope, headers, attempt, also) =>
      consumer.apply(envelope, headers, attempt, also),
    );
    const take = consumer.take.bind(consumer);
    const { fetchWaitMs } = options;
    this.pullers.push(new Puller({ bus, spec, concurrency, prefetch: concurrency * 4, fetchWaitMs, take, logger }));
  }

  private pullCommands(process: ProcessMessaging, extras: CommandExtras, invoke: Invoke): void {
    const { options, logger, metrics, bus } = process;
    const { contract, concurrency, ackWaitMs, maxAttempts, evenIfErased } = extras;
    const service = process.service(contract.service);
    const durable = this.topology.commandDurable(contract);
    const { stream, subject: filterSubject } = contract;
    const spec = { stream, durable, filterSubject, ackWaitMs, maxAckPending: MOST_UNSETTLED };
    const { deadLetters, database } = service;
    const settlement = new Settlement({ durable, maxAttempts, deadLetters, options, logger, metrics });
    const route = { contract, evenIfErased, handle: invoke };
    const consumer = new CommandConsumer(spec, service.service, route, database, settlement);
    const take = consumer.take.bind(consumer);
    const { fetchWaitMs } = options;
    // Work takes long: what this replica cannot start now belongs to one that can.
    this.pullers.push(new Puller({ bus, spec, concurrency, prefetch: concurrency, fetchWaitMs, take, logger }));
  }
}
