import { Controller } from '@nestjs/common';
import {
  Closed,
  DeadLetter,
  listDeadLetters,
  Page,
  PageQuery,
  replayDeadLetter,
  type ServiceName,
  SERVICES,
  type Static,
  StringEnum,
  Type,
  Uuid,
} from '#contracts';
import { AppError, notFound } from '#kernel';
import { RpcClient } from '#messaging';
import { Endpoint } from '../http/endpoint.js';
import { type Call, operation, type OperationInput } from '../http/operation.js';

const ServiceLetter = Closed({ service: StringEnum(SERVICES), ...DeadLetter.properties });
/** So many of each service are looked at; whoever has more open ones replays before he reads on. */
const MOST_PER_SERVICE = 100;

const list = operation({
  method: 'GET',
  path: '/admin/dead-letters',
  operationId: 'listDeadLetters',
  tag: 'Administration',
  summary: 'Messages the services gave up on, newest first',
  description: 'Merged from all services. A service that does not answer is named in `unreachable`.',
  access: { role: 'admin' },
  scope: 'admin:operations',
  query: Closed({
    ...PageQuery,
    service: Type.Optional(StringEnum(SERVICES)),
    state: Type.Optional(StringEnum(['open', 'replayed', 'all'], { default: 'open' })),
    consumer: Type.Optional(Type.String({ maxLength: 120 })),
  }),
  response: Closed({
    ...Page('dead_letters', ServiceLetter).properties,
    unreachable: Type.Array(StringEnum(SERVICES)),
  }),
});
const replay = operation({
  method: 'POST',
  path: '/admin/dead-letters/{id}/replay',
  operationId: 'replayDeadLetter',
  tag: 'Administration',
  summary: 'Run the handler of a dead letter again',
  description: 'A letter that was replayed before is not done twice.',
  access: { role: 'admin' },
  scope: 'admin:operations',
  timeoutMs: 30_000,
  params: Closed({ id: Uuid() }),
  response: Closed({
    replayed: Type.Boolean({ description: 'false: it had its effect before' }),
    service: StringEnum(SERVICES),
  }),
  errors: ['BAD_GATEWAY'],
});

@Controller()
export class DeadLettersController {
  constructor(private readonly rpc: RpcClient) {}

  @Endpoint(list)
  async list({ query }: OperationInput<typeof list>, { context }: Call): Promise<Static<typeof list.response>> {
    const { page = 1, per_page = 20, state, consumer } = query;
    const asked = query.service === undefined ? SERVICES : [query.service];
    const request = { page: 1, per_page: Math.min(MOST_PER_SERVICE, page * per_page), state, consumer };
    const answers = await Promise.all(
      asked.map(async (service) => {
        try {
          const { total, dead_letters } = await this.rpc.call(listDeadLetters(service), request, context);
          return { service, total, letters: dead_letters.map((letter) => ({ service, ...letter })) };
        } catch (error) {
          if (error instanceof AppError && error.retryable) return { service, total: 0, letters: undefined };
          throw error;
        }
      }),
    );
    const letters = answers.flatMap((answer) => answer.letters ?? []);
    letters.sort((a, b) => b.failed_at.localeCompare(a.failed_at));
    const total = answers.reduce((sum, answer) => sum + answer.total, 0);
    return {
      total,
      page,
      per_page,
      total_pages: Math.ceil(total / per_page),
      dead_letters: letters.slice((page - 1) * per_page, page * per_page),
      unreachable: answers.filter((answer) => answer.letters === undefined).map(({ service }) => service),
    };
  }

  /** Ids are unique over all services; whoever has it replays it, the others skip it. */
  @Endpoint(replay)
  async replay({ params }: OperationInput<typeof replay>, { context }: Call): Promise<Static<typeof replay.response>> {
    const outcomes = await Promise.all(SERVICES.map((service) => this.replayAt(service, params.id, context)));
    const done = outcomes.find((outcome) => outcome.replayed === 1);
    if (done !== undefined) return { replayed: true, service: done.service };
    const failed = outcomes.find((outcome) => outcome.reason !== undefined);
    if (failed !== undefined) {
      const message = `${failed.service} failed again: ${failed.reason}`;
      throw new AppError({ code: 'BAD_GATEWAY', kind: 'upstream', message, retryable: false });
    }
    throw notFound('An open dead letter with this id');
  }

  private async replayAt(service: ServiceName, id: string, context: Call['context']) {
    const answer = await this.rpc.call(replayDeadLetter(service), { ids: [id] }, context);
    return { service, replayed: answer.replayed, reason: answer.failed[0]?.reason };
  }
}
