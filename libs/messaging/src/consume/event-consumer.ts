import type { Envelope, EventContract } from '#contracts';
import { AppError, faultPoint, newId } from '#kernel';
import type { Tx, UnitOfWork } from '#persistence';
import type { ConsumerSpec, Delivery, Headers } from '../bus/bus.port.js';
import { HEADER } from '../rpc/wire.js';
import type { EventContext } from './contexts.js';
import { assertData, readEnvelope } from './envelope.js';
import { peopleIn } from '../user-data/erased-users.js';
import { enterInbox } from './inbox.js';
import type { Outcome, Settlement } from './settlement.js';
import { inMessageScope } from './message-scope.js';

export interface EventRoute {
  contract: EventContract;
  /** Also for people who were erased here: what the erasure itself says. */
  evenIfErased: boolean;
  handle: (event: Envelope, context: EventContext) => Promise<unknown>;
}

/** One durable on one stream; the messages of it are dispatched by their type. */
export class EventConsumer {
  constructor(
    readonly spec: ConsumerSpec,
    private readonly service: string,
    private readonly routes: ReadonlyMap<string, EventRoute>,
    private readonly unitOfWork: UnitOfWork,
    private readonly settlement: Settlement,
  ) {}

  /** Runs the handler and settles. Never rejects. */
  async take(delivery: Delivery): Promise<void> {
    const startedAt = performance.now();
    await this.settlement.settle(delivery, await this.outcomeOf(delivery), startedAt);
  }

  private async outcomeOf(delivery: Delivery): Promise<Outcome> {
    try {
      if (this.settlement.isExhausted(delivery)) throw neverEnded(delivery);
      const envelope = readEnvelope(delivery.payload);
      const kind = await this.apply(envelope, delivery.headers, delivery.attempt);
      if (kind === 'done') faultPoint('consumer.after_commit_before_ack');
      return { kind };
    } catch (error) {
      return { kind: 'failed', error };
    }
  }

  /** The effect of one event, once. `also` joins the transaction, whether or not there was an effect left to have. */
  async apply(
    envelope: Envelope,
    headers: Headers,
    attempt: number,
    also: (tx: Tx) => Promise<void> = () => Promise.resolve(),
  ): Promise<'done' | 'duplicate' | 'ignored'> {
    const route = this.routes.get(envelope.type);
    if (route === undefined) return 'ignored';
    assertData(route.contract, envelope);
    const requestId = headers[HEADER.requestId] ?? newId();
    const scope = { service: this.service, durable: this.spec.durable, type: envelope.type, requestId, headers };
    return inMessageScope(scope, () => {
      faultPoint('consumer.before_tx');
      return this.unitOfWork.run(async (tx) => {
        const people = route.evenIfErased ? [] : peopleIn(envelope.data);
        const entered = await enterInbox(tx, this.spec.durable, envelope.id, people);
        if (entered === 'new') {
          faultPoint('consumer.after_inbox_before_effect');
          await route.handle(envelope, { tx, attempt, requestId, traceparent: headers[HEADER.traceparent] });
        }
        await also(tx);
        return OUTCOME_OF[entered];
      });
    });
  }
}

const OUTCOME_OF = { new: 'done', duplicate: 'duplicate', erased: 'ignored' } as const;

export const neverEnded = (delivery: Delivery): AppError =>
  new AppError({
    code: 'MESSAGE_NEVER_ENDED',
    kind: 'internal',
    message: `Delivered ${delivery.attempt} times and never ended: whoever handled it died or hung.`,
  });
