import { Controller, Module } from '@nestjs/common';
import { Closed, defineRpc, Line, Nullable, Page, PageQuery, Type, Uuid } from '#contracts';
import { MessagingModule, RpcClient } from '#messaging';
import { Answer } from '../../src/http/answer.js';
import { Endpoint } from '../../src/http/endpoint.js';
import { type Call, operation, type OperationInput } from '../../src/http/operation.js';

/** A small service's worth of operations: one of each kind the conventions speak of. */
const Thing = Closed({ id: Uuid(), name: Line(2, 40), note: Type.Optional(Nullable(Line(0, 200))) });
const NewThing = Closed({
  name: Line(2, 40),
  note: Type.Optional(Nullable(Line(0, 200))),
  tags: Type.Optional(Type.Array(Line(1, 20))),
  meta: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export const listThings = defineRpc('analytics', 'thing.list', {
  caller: 'optional',
  request: Closed({ ...PageQuery, q: Type.Optional(Type.String()), deep: Type.Optional(Type.Boolean()) }),
  response: Page('things', Thing),
});
export const showThing = defineRpc('analytics', 'thing.show', { request: Closed({ id: Uuid() }), response: Thing });
export const createThing = defineRpc('analytics', 'thing.create', {
  request: NewThing,
  response: Closed({ thing: Thing, echo: Type.Record(Type.String(), Type.Unknown()) }),
  idempotent: true,
});

const base = { tag: 'Things' } as const;
const params = Closed({ id: Uuid() });

const listOperation = operation({
  ...base,
  method: 'GET',
  path: '/things',
  aliases: ['/thing-list'],
  rootAliases: ['/v1/things'],
  operationId: 'listThings',
  summary: 'List things',
  access: 'optional',
  limit: 'search',
  etag: true,
  publicCacheSeconds: 60,
  query: listThings.request,
  response: listThings.response,
});
const showOperation = operation({
  ...base,
  method: 'GET',
  path: '/things/{id}',
  operationId: 'showThing',
  summary: 'One thing',
  access: 'signed-in',
  scope: 'read:jobs',
  params,
  response: Thing,
});
const createOperation = operation({
  ...base,
  method: 'POST',
  path: '/things',
  operationId: 'createThing',
  summary: 'Make a thing',
  access: 'signed-in',
  idempotent: true,
  status: 201,
  body: NewThing,
  bodyExample: { name: 'A thing' },
  response: createThing.response,
});
const deleteOperation = operation({
  ...base,
  method: 'DELETE',
  path: '/things/{id}',
  operationId: 'deleteThing',
  summary: 'Delete a thing',
  access: { role: 'admin' },
  status: 204,
  params,
});
const failOperation = operation({
  ...base,
  method: 'POST',
  path: '/things/fail',
  operationId: 'failThing',
  summary: 'Fails in the way it is told',
  access: 'public',
  timeoutMs: 300,
  body: Closed({ subject: Type.String() }),
  bodyExample: { subject: 'nobody' },
  response: Thing,
});
const crashOperation = operation({
  ...base,
  method: 'GET',
  path: '/things/crash',
  operationId: 'crashThing',
  summary: 'A defect',
  access: 'public',
  response: Thing,
});
const calendarOperation = operation({
  ...base,
  method: 'GET',
  path: '/things/{id}.ics',
  operationId: 'thingCalendar',
  summary: 'A thing as a calendar',
  access: 'public',
  params,
  produces: 'text/calendar',
});
const loginOperation = operation({
  ...base,
  method: 'POST',
  path: '/things/login',
  operationId: 'loginThing',
  summary: 'Takes a credential',
  access: 'public',
  limit: 'credentials',
  body: Closed({ password: Type.String() }),
  bodyExample: { password: 'correct horse' },
  response: Closed({ ok: Type.Boolean() }),
});
const uploadOperation = operation({
  ...base,
  method: 'POST',
  path: '/things/upload',
  operationId: 'uploadThing',
  summary: 'Takes bytes',
  access: 'public',
  rawBody: { mediaTypes: ['application/pdf'], maxBytes: 2 * 1024 * 1024 },
  response: Closed({ bytes: Type.Integer(), media_type: Type.String() }),
});
const goOperation = operation({
  ...base,
  method: 'GET',
  path: '/things/go',
  operationId: 'goThing',
  summary: 'Redirects',
  access: 'public',
  status: 302,
});

@Controller()
export class ThingsController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(listOperation)
  list({ query }: OperationInput<typeof listOperation>, call: Call): Promise<Uint8Array> {
    return this.rpc.callRaw(listThings, query, call.context);
  }

  @Endpoint(crashOperation)
  crash(): Promise<Uint8Array> {
    throw new Error('secret detail of the defect');
  }

  @Endpoint(goOperation)
  go(): Answer {
    return Answer.redirect('https://example.org/next', [{ name: 'state', value: 'abc', path: '/', maxAge: 60 }]);
  }

  @Endpoint(showOperation)
  show({ params: { id } }: OperationInput<typeof showOperation>, call: Call): Promise<Uint8Array> {
    return this.rpc.callRaw(showThing, { id }, call.context);
  }

  @Endpoint(calendarOperation)
  calendar({ params: { id } }: OperationInput<typeof calendarOperation>): Answer {
    return Answer.text(`BEGIN:VCALENDAR\r\nUID:${id}\r\nEND:VCALENDAR\r\n`, 'text/calendar; charset=utf-8');
  }

  @Endpoint(createOperation)
  create({ body }: OperationInput<typeof createOperation>, call: Call): Promise<Uint8Array> {
    return this.rpc.callRaw(createThing, body, call.context);
  }

  @Endpoint(deleteOperation)
  delete(): void {
    return undefined;
  }

  @Endpoint(failOperation)
  fail({ body }: OperationInput<typeof failOperation>, call: Call): Promise<Uint8Array> {
    const contract = { ...showThing, subject: `rpc.analytics.${body.subject}.v1` };
    return this.rpc.callRaw(contract, { id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11' }, call.context);
  }

  @Endpoint(loginOperation)
  login(): { ok: boolean } {
    return { ok: true };
  }

  @Endpoint(uploadOperation)
  upload({ raw }: OperationInput<typeof uploadOperation>): { bytes: number; media_type: string } {
    return { bytes: raw.bytes.byteLength, media_type: raw.mediaType };
  }
}

@Module({ imports: [MessagingModule.forGateway()], controllers: [ThingsController] })
export class ThingsModule {}
