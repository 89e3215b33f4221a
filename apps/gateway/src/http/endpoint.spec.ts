import 'reflect-metadata';
import { Controller } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { Closed, Type, Uuid } from '#contracts';
import { Endpoint, pathsOf } from './endpoint.js';
import { type Call, operation, type OperationInput } from './operation.js';

const showThing = operation({
  method: 'GET',
  path: '/things/{id}',
  aliases: ['/thing/{id}'],
  rootAliases: ['/v1/things/{id}'],
  operationId: 'showThing',
  tag: 'Things',
  summary: 'One thing',
  access: 'public',
  params: Closed({ id: Uuid() }),
  query: Closed({ page: Type.Optional(Type.Integer()) }),
  response: Closed({ id: Uuid() }),
});

@Controller()
class ThingController {
  @Endpoint(showThing)
  async show(input: OperationInput<typeof showThing>, call: Call): Promise<{ id: string }> {
    const page: number | undefined = input.query.page;
    return { id: input.params.id + String(page ?? '') + (call.context.requestId ?? '') };
  }
}

describe('an endpoint', () => {
  it('answers on its path, its aliases and its root aliases', () => {
    expect(pathsOf(showThing)).toEqual(['/api/v1/things/{id}', '/api/v1/thing/{id}', '/v1/things/{id}']);
    const method: unknown = Object.getOwnPropertyDescriptor(ThingController.prototype, 'show')?.value;
    expect(Reflect.getMetadata('path', Object(method))).toEqual([
      '/api/v1/things/:id',
      '/api/v1/thing/:id',
      '/v1/things/:id',
    ]);
  });
});
