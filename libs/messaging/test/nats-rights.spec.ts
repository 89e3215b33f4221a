import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { APPS, type AppName, commandStream, eventStream, SERVICES, type ServiceName } from '#contracts';
import { renderNatsConfig, Topology } from '#messaging';
import { type NatsHandle, startNats } from '#testing';

/**
 * The matrix is computed here from the rules in words, not from the generator: seven users, every subject of the
 * contracts, every stream and durable, every verb of the JetStream API.
 */
const topology = new Topology();
const { rpcs, events, commands, readers } = topology.registry;
const owners = new Map([
  ...SERVICES.flatMap((service): [string, ServiceName][] => [
    [eventStream(service), service],
    [commandStream(service), service],
  ]),
]);
const STREAM_VERBS = ['CREATE', 'UPDATE', 'INFO', 'DELETE', 'PURGE', 'SNAPSHOT', 'RESTORE', 'MSG.GET', 'MSG.DELETE'];
const CONSUMER_VERBS = ['CREATE', 'INFO', 'MSG.NEXT', 'DELETE', 'DURABLE.CREATE', 'LEADER.STEPDOWN'];
const OWN_DURABLE = new Set(['INFO', 'MSG.NEXT', 'DELETE']);

interface Durable {
  stream: string;
  durable: string;
  reader: string;
  filter: string;
}
const durables: Durable[] = [
  ...readers
    .filter((reader) => !reader.live)
    .flatMap(({ reader, feature, reads }) =>
      reads.map((service) => ({
        stream: eventStream(service),
        durable: `${reader}-${feature}`,
        reader,
        filter: `evt.${service}.>`,
      })),
    ),
  ...commands.map((command) => ({
    stream: command.stream,
    durable: command.subject.slice('cmd.'.length).replaceAll('.', '-'),
    reader: command.service,
    filter: command.subject,
  })),
  ...SERVICES.map((s) => ({ stream: 'DLQ', durable: `${s}-dead-letters`, reader: s, filter: `dlq.${s}.>` })),
];

interface Probe {
  verb: 'publish' | 'subscribe';
  subject: string;
  /** Whether this user may. */
  may: (app: AppName) => boolean;
}
const nobody = (): boolean => false;
const only =
  (...apps: readonly string[]) =>
  (app: AppName) =>
    apps.includes(app);
const services = (app: AppName): boolean => app !== 'gateway';

function streamProbes(): Probe[] {
  const streams = [...owners.keys(), 'DLQ'];
  return streams.flatMap((stream) =>
    STREAM_VERBS.map((verb): Probe => {
      const owner = owners.get(stream) ?? 'notifications';
      const appenders = commands.filter((c) => c.stream === stream).flatMap((c) => [...c.alsoSentBy]);
      const shared = stream === 'DLQ' ? services : only(owner);
      const pulling = durables.filter((durable) => durable.stream === stream).map((durable) => durable.reader);
      const may = {
        CREATE: shared,
        INFO: stream === 'DLQ' ? services : only(owner, ...appenders, ...pulling),
        UPDATE: only(owner),
        // Not in the stream of all services' dead letters: each may see only its own.
        'MSG.GET': stream === 'DLQ' ? nobody : only(...pulling),
      }[verb];
      return { verb: 'publish', subject: `$JS.API.STREAM.${verb}.${stream}`, may: may ?? nobody };
    }),
  );
}

function consumerProbes(): Probe[] {
  return durables.flatMap(({ stream, durable, reader, filter }) => {
    const name = `${stream}.${durable}`;
    const probe = (subject: string, may: Probe['may']): Probe => ({ verb: 'publish', subject, may });
    return [
      ...CONSUMER_VERBS.map((verb) =>
        verb === 'CREATE'
          ? probe(`$JS.API.CONSUMER.CREATE.${name}.${filter}`, only(reader))
          : probe(`$JS.API.CONSUMER.${verb}.${name}`, OWN_DURABLE.has(verb) ? only(reader) : nobody),
      ),
      probe(`$JS.ACK.${name}.1.2.3.4.5`, only(reader)),
      probe(`$JS.API.CONSUMER.CREATE.${stream}.not-${durable}.${filter}`, nobody),
      ...(stream === 'DLQ' ? [probe(`$JS.API.CONSUMER.CREATE.${name}.dlq.>`, nobody)] : []),
    ];
  });
}

function messageProbes(): Probe[] {
  const probes: Probe[] = [];
  const add = (subject: string, publish: Probe['may'], subscribe: Probe['may']): void => {
    probes.push({ verb: 'publish', subject, may: publish }, { verb: 'subscribe', subject, may: subscribe });
  };
  const hears = (service: string) => (app: AppName) =>
    app === service || readers.some((r) => r.reader === app && r.reads.some((read) => read === service));
  for (const rpc of rpcs) add(rpc.subject, only('gateway', ...rpc.alsoAskedBy), only(rpc.service));
  for (const event of events) add(event.subject, only(event.service), hears(event.service));
  for (const command of commands) add(command.subject, only(command.service, ...command.alsoSentBy), nobody);
  for (const service of SERVICES) {
    add(`rpc.${service}.made.up.v1`, only('gateway'), nobody);
    add(`evt.${service}.made.up.v1`, nobody, hears(service));
    add(`cmd.${service}.made.up.v1`, nobody, nobody);
    add(`dlq.${service}.some-durable`, only(service), nobody);
    add(`health.${service}`, only(service), only('gateway'));
  }
  for (const app of APPS) {
    add(`peer.${app}.limits`, only(app), only(app));
    add(`_INBOX.${app}.abc.1`, nobody, only(app));
  }
  add('live.01935b7e', services, only('gateway'));
  for (const broad of ['>', 'rpc.>', 'evt.>', 'cmd.>', '$JS.>', '_INBOX.>', '*.*.*']) {
    probes.push({ verb: 'subscribe', subject: broad, may: nobody });
  }
  for (const api of [
    'INFO',
    'STREAM.LIST',
    'STREAM.NAMES',
    'ACCOUNT.PURGE.CAREER',
    'SERVER.REMOVE',
    'META.LEADER.STEPDOWN',
  ]) {
    add(`$JS.API.${api}`, nobody, nobody);
  }
  add('$SYS.REQ.SERVER.PING', nobody, nobody);
  return probes;
}

/** Who may see how far the readers of a stream are: its owner. */
const listProbes = (): Probe[] =>
  [...owners.keys(), 'DLQ'].flatMap((stream) =>
    ['LIST', 'NAMES'].map((verb) => ({
      verb: 'publish' as const,
      subject: `$JS.API.CONSUMER.${verb}.${stream}`,
      may: verb === 'LIST' ? only(owners.get(stream) ?? 'notifications') : nobody,
    })),
  );

const probes = [...messageProbes(), ...streamProbes(), ...consumerProbes(), ...listProbes()];

/** Says everything one user could say and hear, and reports where the server decided otherwise than the matrix. */
async function differences(nats: NatsHandle, app: AppName): Promise<string[]> {
  const { NATS_USER: user, NATS_PASSWORD: pass } = nats.settingsFor(app);
  const connection = await connect({ servers: nats.address, user, pass, reconnect: false });
  const refused = new Set<string>();
  void collectViolations(connection, refused);
  for (const { verb, subject } of probes) {
    if (verb === 'publish') connection.publish(subject);
    else connection.subscribe(subject, { callback: () => undefined });
  }
  await connection.flush();
  // The server counts permission errors after the ping as well; one more round trip has them all.
  await connection.flush();
  await sleep(20);
  await connection.close();
  return probes
    .filter((probe) => refused.has(`${probe.verb} ${probe.subject}`) === probe.may(app))
    .map((probe) => `${app} ${probe.may(app) ? 'may not' : 'may'} ${probe.verb} ${probe.subject}`);
}

async function collectViolations(connection: NatsConnection, refused: Set<string>): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue;
    refused.add(`${status.error.operation === 'publish' ? 'publish' : 'subscribe'} ${status.error.subject}`);
  }
}

const matrix = async (nats: NatsHandle): Promise<string[]> =>
  (await Promise.all(APPS.map((app) => differences(nats, app)))).flat();

async function anonymousIsRefused(nats: NatsHandle): Promise<boolean> {
  try {
    await (await connect({ servers: nats.address, reconnect: false })).close();
    return false;
  } catch (error) {
    expect(String(error)).toMatch(/authorization/i);
    return true;
  }
}

const withConfig = async <T>(change: (text: string) => string, run: (nats: NatsHandle) => Promise<T>): Promise<T> => {
  const nats = await startNats({
    config: ({ storeDir }) => {
      const text = renderNatsConfig({ profile: 'test', storeDir });
      const changed = change(text);
      expect(changed).not.toBe(text);
      return changed;
    },
  });
  try {
    return await run(nats);
  } finally {
    await nats.stop();
  }
};

describe('rights on a real server', () => {
  let nats: NatsHandle;
  beforeAll(async () => {
    nats = await startNats({ config: ({ storeDir }) => renderNatsConfig({ profile: 'test', storeDir }) });
  });
  afterAll(() => nats.stop());

  it('are, for all seven users and every subject, exactly the declared ones', async () => {
    expect(probes.length).toBeGreaterThan(300);
    expect(new Set(probes.map((probe) => `${probe.verb} ${probe.subject}`)).size).toBe(probes.length);
    expect(await matrix(nats)).toEqual([]);
  }, 60_000);

  it('let nobody in without a user, with a wrong password or with another app’s password', async () => {
    expect(await anonymousIsRefused(nats)).toBe(true);
    const other = nats.settingsFor('gateway').NATS_PASSWORD;
    for (const pass of ['wrong', other]) {
      const attempt = connect({ servers: nats.address, user: 'identity', pass, reconnect: false });
      await expect(attempt).rejects.toThrow(/authorization/i);
    }
  });
});

describe('the checker reports', () => {
  const identity = (verb: 'publish' | 'subscribe', subject: string) => (text: string) => {
    const [before = '', after = ''] = text.split('user: "identity"');
    return `${before}user: "identity"${after.replace(new RegExp(`(${verb}: \\{ allow: \\[)`), `$1 "${subject}"`)}`;
  };

  it.each<[string, (text: string) => string, string[]]>([
    [
      'a service that may ask what only the door may',
      identity('publish', 'rpc.applications.made.up.v1'),
      ['identity may publish rpc.applications.made.up.v1'],
    ],
    [
      'a service that may tell another’s events',
      identity('publish', 'evt.analytics.made.up.v1'),
      ['identity may publish evt.analytics.made.up.v1'],
    ],
    [
      'a service that hears the answers of another',
      identity('subscribe', '_INBOX.gateway.>'),
      ['identity may subscribe _INBOX.gateway.abc.1'],
    ],
    [
      'a service that may delete its own stream',
      identity('publish', '$JS.API.STREAM.DELETE.EVT_IDENTITY'),
      ['identity may publish $JS.API.STREAM.DELETE.EVT_IDENTITY'],
    ],
    [
      'a service that may delete another’s durable',
      identity('publish', '$JS.API.CONSUMER.DELETE.EVT_IDENTITY.analytics-facts'),
      ['identity may publish $JS.API.CONSUMER.DELETE.EVT_IDENTITY.analytics-facts'],
    ],
    [
      'a service that may look up the dead letters of all',
      identity('publish', '$JS.API.STREAM.MSG.GET.DLQ'),
      ['identity may publish $JS.API.STREAM.MSG.GET.DLQ'],
    ],
    [
      'a service that may see how far the readers of another are',
      identity('publish', '$JS.API.CONSUMER.LIST.EVT_ANALYTICS'),
      ['identity may publish $JS.API.CONSUMER.LIST.EVT_ANALYTICS'],
    ],
    [
      'a service that may take another’s messages',
      identity('publish', '$JS.API.CONSUMER.MSG.NEXT.DLQ.analytics-dead-letters'),
      ['identity may publish $JS.API.CONSUMER.MSG.NEXT.DLQ.analytics-dead-letters'],
    ],
    ['a door that lost a right', (text) => text.replace('"live.*"', ''), ['gateway may not subscribe live.01935b7e']],
  ])(
    '%s',
    async (_what, change, expected) => {
      expect(await withConfig(change, matrix)).toEqual(expected);
    },
    60_000,
  );

  it('a server that lets anonymous clients in', async () => {
    const open = (text: string): string =>
      text.replace('system_account: SYS', 'system_account: SYS\nno_auth_user: identity');
    expect(await withConfig(open, anonymousIsRefused)).toBe(false);
  });
});
