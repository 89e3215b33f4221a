import type { MessageHandler } from '@nestjs/microservices';
import type { Envelope } from '#contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import type { EventContext } from '../consume/contexts.js';
import type { EventRoute } from '../consume/event-consumer.js';
import type { CommandExtras, EventExtras, HandlerExtras, RpcExtras } from '../decorators.js';

/** Handlers that share a durable on one stream. */
export interface EventGroup {
  reader: EventExtras['reader'];
  durable: string;
  stream: string;
  filterSubject: string;
  concurrency: number;
  routes: Map<string, EventRoute>;
}

export type Invoke = (payload: unknown, context: unknown) => Promise<unknown>;
/** The same as Nest made it: its promise may bring an observable (see `valueOf`). */
export type Handle = (payload: unknown, context: unknown) => Promise<unknown>;

export interface Routes {
  rpcs: { extras: RpcExtras; handle: Handle }[];
  commands: { extras: CommandExtras; invoke: Invoke }[];
  events: EventGroup[];
}

/** Sorts what Nest found by the role in its decorator. */
export function routesOf(handlers: ReadonlyMap<string, MessageHandler>): Routes {
  const routes: Routes = { rpcs: [], commands: [], events: [] };
  const groups = new Map<string, EventGroup>();
  for (const [pattern, handler] of handlers) {
    const extras: unknown = handler.extras;
    if (!isOurs(extras)) throw new Error(`${pattern}: declare handlers with @Rpc, @OnEvent or @OnCommand`);
    if (extras.role === 'rpc') routes.rpcs.push({ extras, handle: handler });
    else if (extras.role === 'command') routes.commands.push({ extras, invoke: invoker(handler) });
    else addEvents(groups, extras, invoker(handler));
  }
  routes.events = [...groups.values()];
  return routes;
}

function addEvents(groups: Map<string, EventGroup>, extras: EventExtras, invoke: Invoke): void {
  const durable = `${extras.reader}-${extras.feature}`;
  for (const contract of extras.contracts) {
    const key = `${durable}\n${contract.stream}`;
    let group = groups.get(key);
    if (group === undefined) {
      const { reader, concurrency } = extras;
      const { stream, subject: filterSubject } = contract;
      group = { reader, durable, stream, filterSubject, concurrency, routes: new Map() };
      groups.set(key, group);
    }
    if (group.routes.has(contract.type)) {
      throw new Error(`${durable} handles ${contract.type} twice; one effect belongs into one handler`);
    }
    // A durable has one filter on servers before 2.10; what it does not read is confirmed unseen.
    if (group.filterSubject !== contract.subject) group.filterSubject = `evt.${contract.service}.>`;
    group.concurrency = Math.max(group.concurrency, extras.concurrency);
    const handle = (event: Envelope, context: EventContext): Promise<unknown> => invoke(event, context);
    group.routes.set(contract.type, { contract, evenIfErased: extras.evenIfErased, handle });
  }
}

/** Guards, interceptors and filters of Nest answer observables; a plain handler its value. */
export const valueOf = (result: unknown): unknown =>
  isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;

export function invoker(handle: Handle): Invoke {
  return async (payload, context) => valueOf(await handle(payload, context));
}

const ROLES: ReadonlySet<unknown> = new Set(['rpc', 'event', 'command']);

const isOurs = (extras: unknown): extras is HandlerExtras =>
  typeof extras === 'object' && extras !== null && 'role' in extras && ROLES.has(extras.role);
