import type { AppName, ServiceName } from './services.js';
import type { Static, TSchema } from './schema.js';

/** Ask: request/reply, subject `rpc.<service>.<thing>.<verb>.v1`. */
export interface RpcContract<Req extends TSchema = TSchema, Res extends TSchema = TSchema> {
  readonly kind: 'rpc';
  readonly service: ServiceName;
  readonly subject: string;
  readonly request: Req;
  readonly response: Res;
  /** `required`: a verified caller must come along; `optional`: may; `none`: asked before anybody is known. */
  readonly caller: 'required' | 'optional' | 'none';
  /** Apps other than the gateway that may ask this. */
  readonly alsoAskedBy: readonly AppName[];
  /** A repeated request with the same idempotency key must answer the same and act once. */
  readonly idempotent: boolean;
}

/** Tell: durable event, subject `evt.<service>.<thing>.<past-tense>.v1`. Ids and facts only, never people's text. */
export interface EventContract<D extends TSchema = TSchema> {
  readonly kind: 'event';
  readonly service: ServiceName;
  readonly subject: string;
  /** CloudEvents `type`: the subject without `evt.`. */
  readonly type: string;
  readonly stream: string;
  readonly data: D;
  readonly sample: Static<D>;
  readonly summary: string;
}

/** Work: one message, done by one replica, subject `cmd.<service>.<thing>.<verb>.v1`. */
export interface CommandContract<D extends TSchema = TSchema> {
  readonly kind: 'command';
  readonly service: ServiceName;
  readonly subject: string;
  readonly type: string;
  readonly stream: string;
  readonly data: D;
  readonly sample: Static<D>;
  readonly summary: string;
  /** Services other than the owner that may enqueue it. */
  readonly alsoSentBy: readonly ServiceName[];
}

export const eventStream = (service: ServiceName): string => `EVT_${service.toUpperCase().replaceAll('-', '_')}`;
export const commandStream = (service: ServiceName): string => `CMD_${service.toUpperCase().replaceAll('-', '_')}`;

export function defineRpc<Req extends TSchema, Res extends TSchema>(
  service: ServiceName,
  thingAndVerb: string,
  shape: {
    request: Req;
    response: Res;
    caller?: RpcContract['caller'];
    alsoAskedBy?: readonly AppName[];
    idempotent?: boolean;
    version?: number;
  },
): RpcContract<Req, Res> {
  return {
    kind: 'rpc',
    service,
    subject: `rpc.${service}.${thingAndVerb}.v${shape.version ?? 1}`,
    request: shape.request,
    response: shape.response,
    caller: shape.caller ?? 'required',
    alsoAskedBy: shape.alsoAskedBy ?? [],
    idempotent: shape.idempotent ?? false,
  };
}

export function defineEvent<D extends TSchema>(
  service: ServiceName,
  thingAndPastTense: string,
  shape: { summary: string; data: D; sample: Static<D>; version?: number },
): EventContract<D> {
  const type = `${service}.${thingAndPastTense}.v${shape.version ?? 1}`;
  return {
    kind: 'event',
    service,
    type,
    subject: `evt.${type}`,
    stream: eventStream(service),
    data: shape.data,
    sample: shape.sample,
    summary: shape.summary,
  };
}

export function defineCommand<D extends TSchema>(
  service: ServiceName,
  thingAndVerb: string,
  shape: { summary: string; data: D; sample: Static<D>; alsoSentBy?: readonly ServiceName[]; version?: number },
): CommandContract<D> {
  const type = `${service}.${thingAndVerb}.v${shape.version ?? 1}`;
  return {
    kind: 'command',
    service,
    type,
    subject: `cmd.${type}`,
    stream: commandStream(service),
    data: shape.data,
    sample: shape.sample,
    summary: shape.summary,
    alsoSentBy: shape.alsoSentBy ?? [],
  };
}

/** What a durable event or command looks like on the wire: CloudEvents words around the data. */
export interface Envelope<D = unknown> {
  id: string;
  type: string;
  source: string;
  /** Id of the thing the event is about. */
  subject: string;
  time: string;
  data: D;
}
