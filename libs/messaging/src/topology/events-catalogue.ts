import { SERVICES, type ServiceName, type TSchema } from '#contracts';
import { type ContractRegistry, contractRegistry } from './contract-registry.js';
import { Topology } from './topology.js';

type Message = ContractRegistry['events'][number] | ContractRegistry['commands'][number];

/** `docs/events/catalogue.md`: what services say to each other. Generated, so that it cannot differ from the code. */
export function eventsCatalogue(registry: ContractRegistry = contractRegistry()): string {
  const topology = new Topology(undefined, registry);
  return [
    '# What services say to each other',
    '',
    '<!-- Generated from libs/contracts by libs/messaging/src/topology/write-events-catalogue.ts; do not edit. -->',
    '',
    'Events are facts, told once they are committed, kept 30 days in the stream of their service and read at least',
    'once by every durable reader. They carry ids and facts, never what people wrote. Commands are work, done by one',
    'replica. Requests are questions of the gateway (or of the apps named). A message is a CloudEvents envelope',
    '(`id, type, source, subject, time, data`) as JSON; within a version members are only ever added.',
    '',
    `${registry.events.length} events, ${registry.commands.length} commands, ${registry.rpcs.length} requests.`,
    ...readers(registry),
    ...SERVICES.flatMap((service) => section(service, registry, topology)),
    '',
  ].join('\n');
}

function readers(registry: ContractRegistry): string[] {
  const rows = registry.readers.map(
    ({ reader, feature, reads, live }) =>
      `| ${reader} | ${feature} | ${live ? 'as they happen' : `durable \`${reader}-${feature}\``} | ${reads.join(', ')} |`,
  );
  return ['', '## Who reads whose events', '', '| reader | for | how | events of |', '|---|---|---|---|', ...rows];
}

function section(service: ServiceName, registry: ContractRegistry, topology: Topology): string[] {
  const events = registry.events.filter((event) => event.service === service);
  const commands = registry.commands.filter((command) => command.service === service);
  const readBy = registry.readers.filter(({ reads }) => reads.includes(service));
  return [
    '',
    `## ${service}`,
    ...events.flatMap((event) => [
      ...message(event),
      `Stream \`${event.stream}\`. Read by: ${readBy.map(({ reader, feature }) => `${reader} (${feature})`).join(', ') || 'nobody yet'}.`,
    ]),
    ...commands.flatMap((command) => [
      ...message(command),
      `Stream \`${command.stream}\`, durable \`${topology.commandDurable(command)}\`. Sent by: ${[command.service, ...command.alsoSentBy].join(', ')}.`,
    ]),
    ...requests(service, registry),
  ];
}

function message({ kind, subject, summary, data, sample }: Message): string[] {
  return [
    '',
    `### ${kind} \`${subject}\``,
    '',
    summary,
    '',
    '| member | type |',
    '|---|---|',
    ...members(data).map(([name, type]) => `| \`${name}\` | ${type} |`),
    '',
    '```json',
    JSON.stringify(sample, null, 2),
    '```',
    '',
  ];
}

function requests(service: ServiceName, registry: ContractRegistry): string[] {
  const rows = registry.rpcs
    .filter((rpc) => rpc.service === service)
    .map((rpc) => {
      const askers = ['gateway', ...rpc.alsoAskedBy].join(', ');
      const asked = members(rpc.request).map(([name]) => `\`${name}\``);
      return `| \`${rpc.subject}\` | ${askers} | ${rpc.caller} | ${rpc.idempotent ? 'yes' : 'no'} | ${asked.join(', ') || '–'} |`;
    });
  return [
    '',
    `### Requests to ${service}`,
    '',
    '| subject | asked by | caller | idempotent | members |',
    '|---|---|---|---|---|',
    ...rows,
  ];
}

/** Member and type of an object's schema; a `?` marks what may be absent. */
function members(schema: TSchema): [name: string, type: string][] {
  const properties = objectAt(schema, 'properties');
  const required: unknown = Reflect.get(schema, 'required');
  return Object.entries(properties).map(([name, property]) => {
    const isRequired = Array.isArray(required) && required.includes(name);
    return [isRequired ? name : `${name}?`, typeOf(property)];
  });
}

function typeOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return 'anything';
  const at = (key: string): unknown => Reflect.get(schema, key);
  const branches = at('anyOf');
  if (Array.isArray(branches)) return branches.map(typeOf).join(' or ');
  const literal = at('const');
  if (literal !== undefined) return JSON.stringify(literal);
  const allowed = at('enum');
  if (Array.isArray(allowed)) return allowed.map((value) => `\`${String(value)}\``).join(', ');
  if (at('type') === 'array') return `list of ${typeOf(at('items'))}`;
  if (at('type') === 'object') {
    const inner = Object.entries(objectAt(schema, 'properties'));
    return inner.length === 0 ? 'object' : `{ ${inner.map(([name, type]) => `${name}: ${typeOf(type)}`).join('; ')} }`;
  }
  const format = at('format') ?? at('pattern');
  const name = typeof at('type') === 'string' ? String(at('type')) : 'anything';
  return typeof format === 'string' ? `${name} (${format.replaceAll('|', '\\|')})` : name;
}

function objectAt(schema: object, key: string): Record<string, unknown> {
  const value: unknown = Reflect.get(schema, key);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
