import { UseFilters } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { PARAM_ARGS_METADATA } from '@nestjs/microservices/constants.js';
import type { CommandContract, EventContract, RpcContract, ServiceName, TSchema } from '#contracts';
import { RethrowFilter } from './strategy/rethrow.filter.js';

export interface RpcExtras {
  role: 'rpc';
  contract: RpcContract;
}
export interface EventExtras {
  role: 'event';
  contracts: readonly EventContract[];
  reader: ServiceName;
  feature: string;
  concurrency: number;
  evenIfErased: boolean;
}
export interface CommandExtras {
  role: 'command';
  contract: CommandContract;
  concurrency: number;
  ackWaitMs: number;
  maxAttempts: number;
  evenIfErased: boolean;
}
export type HandlerExtras = RpcExtras | EventExtras | CommandExtras;

/** Handler shape `(request, context: RpcContext)`. The request is validated against the contract before. */
export function Rpc<Req extends TSchema, Res extends TSchema>(contract: RpcContract<Req, Res>): MethodDecorator {
  const extras: RpcExtras = { role: 'rpc', contract };
  return withArguments(MessagePattern(contract.subject, undefined, { ...extras }));
}

/**
 * Handler shape `(event: Envelope<Data>, context: EventContext)`. Inbox row and effects commit in one transaction
 * (`context.tx`), then the message is acked; a redelivery has no second effect. A message about somebody who was erased
 * in this service is dropped, unless the handler says `evenIfErased`.
 */
export function OnEvent(
  contracts: EventContract | readonly EventContract[],
  options: { reader: ServiceName; feature: string; concurrency?: number; evenIfErased?: boolean },
): MethodDecorator {
  const list = Array.isArray(contracts) ? (contracts as readonly EventContract[]) : [contracts as EventContract];
  const extras: EventExtras = {
    role: 'event',
    contracts: list,
    reader: options.reader,
    feature: options.feature,
    concurrency: options.concurrency ?? 8,
    evenIfErased: options.evenIfErased ?? false,
  };
  // The pattern only has to be unique per method; the strategy reads the extras.
  return withArguments(
    EventPattern(`${options.reader}-${options.feature}:${list.map((c) => c.type).join(',')}`, undefined, { ...extras }),
  );
}

/**
 * Handler shape `(command: Envelope<Data>, context: WorkContext)`: a job of seconds to minutes, pulled by any replica,
 * heartbeat while it runs. The handler commits its result in a transaction that also calls `context.done(tx)`.
 */
export function OnCommand(
  contract: CommandContract,
  options: { concurrency?: number; ackWaitMs?: number; maxAttempts?: number; evenIfErased?: boolean } = {},
): MethodDecorator {
  const extras: CommandExtras = {
    role: 'command',
    contract,
    concurrency: options.concurrency ?? 2,
    ackWaitMs: options.ackWaitMs ?? 30_000,
    maxAttempts: options.maxAttempts ?? 5,
    evenIfErased: options.evenIfErased ?? false,
  };
  return withArguments(EventPattern(contract.subject, undefined, { ...extras }));
}

const rethrow = new RethrowFilter();

/**
 * Handlers get `(payload, context)`, and their errors stay what they are. Nest passes only the payload by default; told
 * that there are no arguments to fill, it calls the method with all that the strategy gave. (Filling two of them with
 * `@Payload` and `@Ctx` makes ten promises, 5 us for every message.)
 */
function withArguments(pattern: MethodDecorator): MethodDecorator {
  return (target, key, descriptor) => {
    Reflect.defineMetadata(PARAM_ARGS_METADATA, {}, target.constructor, key);
    UseFilters(rethrow)(target, key, descriptor);
    pattern(target, key, descriptor);
  };
}
