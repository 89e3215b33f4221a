import { type AppName, heartbeatSubject, liveSubject } from '#contracts';
import { DEAD_LETTER_STREAM, type Topology } from './topology.js';

/** What one NATS user may say and hear; everything else is refused. */
export interface NatsRights {
  publish: readonly string[];
  subscribe: readonly string[];
}

/**
 * Rights of one app, from the contracts. Answers to requests need no line here: the server lets a user answer what it
 * was asked (`allow_responses`), once.
 *
 * What these rights do not stop: a service that may make its own streams and durables chooses their settings, so a
 * taken-over service could let a stream of its own listen to, or republish on, subjects it may not use itself. Every
 * service keeps these rights because a bus that lost its store must be refilled without a human.
 */
export function natsRights(app: AppName, topology: Topology): NatsRights {
  const { rpcs, events, commands } = topology.registry;
  const isGateway = app === 'gateway';

  const asks = isGateway ? ['rpc.>'] : rpcs.filter((rpc) => rpc.alsoAskedBy.includes(app)).map((rpc) => rpc.subject);
  const answers = rpcs.filter((rpc) => rpc.service === app).map((rpc) => rpc.subject);
  const tells = events.filter((event) => event.service === app).map((event) => event.subject);
  const sends = commands.filter((command) => command.service === app || command.alsoSentBy.some((by) => by === app));
  const anyone = liveSubject('*');
  const peers = topology.peerSubject(app, '>');

  return {
    publish: sorted([
      ...asks,
      ...tells,
      ...sends.map((command) => command.subject),
      ...(isGateway ? [] : [anyone, topology.deadLetterFilter(app), heartbeatSubject(app)]),
      peers,
      ...streamRights(
        app,
        topology,
        sends.map((command) => command.stream),
      ),
      ...consumerRights(app, topology),
    ]),
    subscribe: sorted([
      `_INBOX.${app}.>`,
      ...answers,
      ...topology.heardLive(app).map((service) => `evt.${service}.>`),
      ...(isGateway ? [anyone, heartbeatSubject('*')] : []),
      peers,
    ]),
  };
}

/**
 * Make and change the own streams and see how far their readers are; read the state of those one appends to. Never
 * delete, purge, restore or list.
 */
function streamRights(app: AppName, topology: Topology, appendsTo: readonly string[]): string[] {
  const streams = topology.streamsOf(app).map((stream) => stream.name);
  return [
    ...streams.map((stream) => `$JS.API.STREAM.CREATE.${stream}`),
    ...topology
      .ownStreams(app)
      .flatMap((stream) => [`$JS.API.STREAM.UPDATE.${stream}`, `$JS.API.CONSUMER.LIST.${stream}`]),
    ...[...streams, ...appendsTo].map((stream) => `$JS.API.STREAM.INFO.${stream}`),
  ];
}

/**
 * Make, read and settle the own durables; make them anew where their stream has lost messages, and look up there what
 * stands at a position. (Whoever reads a stream may see all of it anyway; the dead letters are of everybody, and nobody
 * pulls them.)
 */
function consumerRights(app: AppName, topology: Topology): string[] {
  return topology
    .consumersOf(app)
    .flatMap(({ stream, durable, filters }) => [
      `$JS.API.CONSUMER.CREATE.${stream}.${durable}.${filters}`,
      `$JS.API.CONSUMER.DELETE.${stream}.${durable}`,
      `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
      `$JS.ACK.${stream}.${durable}.>`,
      `$JS.API.STREAM.INFO.${stream}`,
      ...(stream === DEAD_LETTER_STREAM ? [] : [`$JS.API.STREAM.MSG.GET.${stream}`]),
    ]);
}

const sorted = (subjects: readonly string[]): string[] => [...new Set(subjects)].sort();
