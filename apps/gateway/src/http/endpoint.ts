import { HttpCode, Req, RequestMapping, RequestMethod, Res, type Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from '#contracts';
import type { Answer } from './answer.js';
import { callOf } from './call.js';
import { InputReader } from './input.js';
import type { Call, OperationInput, OperationSpec } from './operation.js';
import { sendResult } from './reply.js';

/** Bytes from `callRaw` go out untouched; an object is written as JSON; `Answer` is for everything else. */
export type HandlerResult<S extends OperationSpec> =
  | Uint8Array
  | Answer
  | (S['response'] extends TSchema ? Static<S['response']> : never)
  | (S['status'] extends 204 ? void : never);

type Handler<S extends OperationSpec> = (
  input: OperationInput<S>,
  call: Call,
) => Promise<HandlerResult<S>> | HandlerResult<S>;

const OPERATION = Symbol('operation');

export const API_PREFIX = '/api/v1';

/** Every path that answers this operation, OpenAPI style, the canonical one first. */
export const pathsOf = (spec: OperationSpec): string[] => [
  ...[spec.path, ...(spec.aliases ?? [])].map((path) => `${API_PREFIX}${path}`),
  ...(spec.rootAliases ?? []),
];

/** What a list of controllers declares, in the order of the list; the source of the documentation. */
export function operationsOf(controllers: readonly Type[]): OperationSpec[] {
  return controllers.flatMap((controller) => {
    const prototype: unknown = Reflect.get(controller, 'prototype');
    if (typeof prototype !== 'object' || prototype === null) return [];
    return Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }: PropertyDescriptor) => {
      const method: unknown = value;
      if (typeof method !== 'function') return [];
      const spec: unknown = Reflect.getMetadata(OPERATION, method);
      return isOperation(spec) ? [spec] : [];
    });
  });
}

/** Only `@Endpoint` writes this metadata. */
const isOperation = (value: unknown): value is OperationSpec => value !== undefined;

/** `/jobs/{id}` as the router writes it: `/jobs/:id`. */
const routerPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/**
 * Makes a controller method answer a declared operation: routes for the path and its aliases, and a handler that gets
 * `(input, call)` after access, limits and shapes were checked. Used on classes with a bare `@Controller()`.
 */
export function Endpoint<S extends OperationSpec>(spec: S) {
  const reader = new InputReader(spec);
  return function <H extends Handler<S>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): PropertyDescriptor {
    const method = descriptor.value;
    if (method === undefined) throw new Error(`${spec.operationId}: @Endpoint belongs on a method`);
    async function handler(this: object, request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const call = callOf(request);
      await call.run(async () => {
        const result = await method?.call(this, reader.read(request), call);
        await sendResult(spec, request, reply, result);
      });
    }
    const decorated: PropertyDescriptor = { ...descriptor, value: handler };
    RequestMapping({ path: pathsOf(spec).map(routerPath), method: RequestMethod[spec.method] })(target, key, decorated);
    HttpCode(spec.status ?? 200)(target, key, decorated);
    RouteConfig({ endpoint: spec })(target, key, decorated);
    Reflect.defineMetadata(OPERATION, spec, handler);
    Req()(target, key, 0);
    Res()(target, key, 1);
    return decorated;
  };
}
