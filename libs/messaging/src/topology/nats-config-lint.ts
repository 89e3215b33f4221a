import { APPS, type AppName } from '#contracts';
import { type NatsConfigOptions, NATS_VERSION_FLOOR, passwordVariable } from './nats-config.js';
import { configAt, type ConfigMap, type ConfigValue, isMap, parseNatsConfig } from './nats-config-parse.js';
import { natsRights } from './nats-rights.js';
import { DUPLICATE_WINDOW_MS, Topology } from './topology.js';
import { wantedStream } from './stream-config.js';

/** Everything in a server configuration that is not as the reliability and security bars want it; empty when all is. */
export function lintNatsConfig(
  text: string,
  profile: NatsConfigOptions['profile'],
  topology: Topology = new Topology(),
): string[] {
  const config = parseNatsConfig(text);
  return [
    ...lintJetStream(config, profile),
    ...lintServer(config, profile),
    ...lintAccounts(config),
    ...lintUsers(config, topology),
  ];
}

const at = (config: ConfigMap, ...path: string[]): string | undefined => {
  const value = configAt(config, ...path);
  return typeof value === 'string' ? value : undefined;
};

function lintJetStream(config: ConfigMap, profile: NatsConfigOptions['profile']): string[] {
  const problems: string[] = [];
  const store = at(config, 'jetstream', 'store_dir');
  if (store === undefined) problems.push('jetstream.store_dir must be explicit: the default is under /tmp');
  else if (profile !== 'test' && !store.startsWith('/data/'))
    problems.push(`jetstream.store_dir ${store} is not on the volume /data`);
  for (const limit of ['max_file_store', 'max_memory_store']) {
    if (at(config, 'jetstream', limit) === undefined) problems.push(`jetstream.${limit} must be explicit`);
  }
  const sync = at(config, 'jetstream', 'sync_interval');
  if (profile === 'test') {
    if (sync !== undefined) problems.push('jetstream.sync_interval stops servers before 2.10 from starting');
  } else if (sync !== 'always') {
    problems.push('jetstream.sync_interval must be always: an acknowledged message is on the disk');
  }
  return problems;
}

function lintServer(config: ConfigMap, profile: NatsConfigOptions['profile']): string[] {
  const problems: string[] = [];
  const monitoring = at(config, 'http') ?? at(config, 'http_port') ?? at(config, 'monitor_port');
  if (monitoring !== undefined && profile !== 'cluster' && !/^(127\.0\.0\.1|localhost):\d+$/.test(monitoring)) {
    problems.push(`monitoring listens on ${monitoring}: only loopback may see it`);
  }
  if (configAt(config, 'no_auth_user') !== undefined) problems.push('no_auth_user lets anonymous clients in');
  if (profile !== 'cluster') return problems;
  for (const [name, path] of [
    ['tls', ['tls']],
    ['cluster.tls', ['cluster', 'tls']],
  ] as const) {
    for (const file of ['cert_file', 'key_file', 'ca_file']) {
      if (at(config, ...path, file) === undefined) problems.push(`${name}.${file} is missing: the cluster speaks TLS`);
    }
  }
  if (at(config, 'cluster', 'tls', 'verify') !== 'true')
    problems.push('cluster.tls.verify must be true: routes have no other check');
  return problems;
}

function lintAccounts(config: ConfigMap): string[] {
  const problems: string[] = [];
  if (configAt(config, 'authorization') !== undefined)
    problems.push('authorization puts users into the global account; use accounts');
  const accounts = configAt(config, 'accounts');
  const names = isMap(accounts) ? Object.keys(accounts) : [];
  const system = at(config, 'system_account');
  if (system === undefined || !names.includes(system)) problems.push('system_account must be an account of its own');
  if (system === 'CAREER') problems.push('apps must not be in the system account');
  if (!names.includes('CAREER')) problems.push('the account CAREER is missing: anonymous clients would be let in');
  const others = names.filter((name) => name !== 'CAREER' && name !== system);
  if (others.length > 0) problems.push(`accounts nobody needs: ${others.join(', ')}`);
  if (at(config, 'accounts', 'CAREER', 'jetstream') !== 'enabled')
    problems.push('JetStream must be enabled for CAREER');
  for (const name of names) {
    for (const user of usersOf(config, name)) {
      const password = at(user, 'password');
      const label = `${name}.${at(user, 'user') ?? '(no name)'}`;
      if (password === undefined || password === '') problems.push(`${label} has no password`);
      else if (!password.startsWith('$NATS_PASSWORD_')) problems.push(`${label} has its password in the file`);
    }
    for (const opening of ['exports', 'imports', 'mappings']) {
      if (configAt(config, 'accounts', name, opening) !== undefined)
        problems.push(`account ${name} must not have ${opening}`);
    }
  }
  return problems;
}

/** The users are the apps, and each has exactly the rights the contracts give it. */
function lintUsers(config: ConfigMap, topology: Topology): string[] {
  const problems: string[] = [];
  const users = new Map(usersOf(config, 'CAREER').map((user) => [at(user, 'user') ?? '', user]));
  const known: ReadonlySet<string> = new Set(APPS);
  for (const name of users.keys()) if (!known.has(name)) problems.push(`user ${name} is no app`);
  for (const app of APPS) {
    const user = users.get(app);
    if (user === undefined) problems.push(`user ${app} is missing`);
    else problems.push(...lintUser(app, user, topology));
  }
  return problems;
}

function lintUser(app: AppName, user: ConfigMap, topology: Topology): string[] {
  const problems: string[] = [];
  if (at(user, 'password') !== `$${passwordVariable(app)}`)
    problems.push(`user ${app} must have the password $${passwordVariable(app)}`);
  const rights = natsRights(app, topology);
  for (const verb of ['publish', 'subscribe'] as const) {
    const rule = configAt(user, 'permissions', verb);
    const allowed = isMap(rule) ? listOf(rule.allow) : listOf(rule);
    const wanted = new Set(rights[verb]);
    for (const subject of allowed)
      if (!wanted.has(subject)) problems.push(`user ${app} may ${verb} ${subject}, which the contracts do not give it`);
    for (const subject of wanted)
      if (!allowed.includes(subject))
        problems.push(`user ${app} may not ${verb} ${subject}, which the contracts give it`);
  }
  if (at(user, 'permissions', 'allow_responses', 'max') !== '1')
    problems.push(`user ${app} may answer more than once (allow_responses.max)`);
  return problems;
}

const listOf = (value: ConfigValue | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');

function usersOf(config: ConfigMap, account: string): ConfigMap[] {
  const users = configAt(config, 'accounts', account, 'users');
  return Array.isArray(users) ? users.filter((user) => isMap(user)) : [];
}

/** What the streams must be, whatever the settings. */
export function lintTopology(topology: Topology, inCluster: boolean): string[] {
  const problems: string[] = [];
  for (const spec of topology.allStreams()) {
    const stream = wantedStream(spec);
    const must = (holds: boolean, what: string): void => {
      if (!holds) problems.push(`${stream.name}: ${what}`);
    };
    must(stream.storage === 'file', 'must be stored in files');
    must(stream.num_replicas === (inCluster ? 3 : 1), `must have ${inCluster ? 3 : 1} replica(s)`);
    must(stream.max_bytes > 0, 'max_bytes must be explicit');
    must(stream.duplicate_window / 1e6 >= DUPLICATE_WINDOW_MS, 'the duplicate window must be at least 10 minutes');
    must(!stream.deny_purge, 'must allow to purge by subject');
    if (spec.kind === 'work')
      must(stream.retention === 'workqueue' && stream.discard === 'new', 'must be a work queue that refuses when full');
    if (spec.kind === 'events')
      must(stream.retention === 'limits' && stream.max_age > 0, 'must be kept by limits with an explicit max_age');
  }
  return problems;
}

/** An image reference is at least the floor and pinned by digest. */
export function lintNatsImage(reference: string): string[] {
  const found = /^(?:[\w.-]+(?::\d+)?\/)*nats:(\d+)\.(\d+)\.(\d+)[\w.-]*(@sha256:[0-9a-f]{64})?$/.exec(reference);
  if (found === null) return [`${reference} does not name a version of nats`];
  const problems: string[] = [];
  const floor = NATS_VERSION_FLOOR.split('.').map(Number);
  const version = found.slice(1, 4).map(Number);
  const difference = version.map((part, index) => part - (floor[index] ?? 0)).find((part) => part !== 0) ?? 0;
  if (difference < 0) problems.push(`${reference} is older than ${NATS_VERSION_FLOOR}`);
  if (found[4] === undefined) problems.push(`${reference} is not pinned by digest`);
  return problems;
}
