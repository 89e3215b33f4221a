import { Controller, type Type } from '@nestjs/common';
import { listDeadLetters, replayDeadLetter, type ServiceName, type Static } from '#contracts';
import { forbidden } from '#kernel';
import { Rpc } from '../decorators.js';
import type { RpcContext } from '../rpc/rpc-context.js';
import { DeadLetterService } from './dead-letter.service.js';

type ListRequest = Static<ReturnType<typeof listDeadLetters>['request']>;
type ReplayRequest = Static<ReturnType<typeof replayDeadLetter>['request']>;

/** The door to one service's dead letters. A class per service, because a subject belongs to a decorated method. */
export function deadLettersController(service: ServiceName): Type<unknown> {
  @Controller()
  class DeadLettersController {
    constructor(private readonly letters: DeadLetterService) {}

    @Rpc(listDeadLetters(service))
    list(request: ListRequest, context: RpcContext) {
      assertAdmin(context);
      const { state = 'open', consumer, page = 1, per_page = 20 } = request;
      return this.letters.list({ state, consumer }, page, per_page);
    }

    @Rpc(replayDeadLetter(service))
    replay(request: ReplayRequest, context: RpcContext) {
      assertAdmin(context);
      return this.letters.replay(request.ids, request.consumer, request.limit ?? 100);
    }
  }
  return DeadLettersController;
}

/** The gateway asks for the role too; letters hold other people's ids, so it is asked twice. */
function assertAdmin(context: RpcContext): void {
  if (context.caller?.roles.includes('admin') !== true) throw forbidden('Only an admin may see dead letters.');
}
