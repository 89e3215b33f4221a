import type { CommandContract, Envelope } from '#contracts';
import { faultPoint, newId } from '#kernel';
import type { Database, Tx } from '#persistence';
import type { ConsumerSpec, Delivery } from '../bus/bus.port.js';
import { HEADER } from '../rpc/wire.js';
import type { WorkContext } from './contexts.js';
import { assertData, readEnvelope } from './envelope.js';
import { neverEnded } from './event-consumer.js';
import { peopleIn } from '../user-data/erased-users.js';
import { enterInbox, lookIntoInbox } from './inbox.js';
import { inMessageScope } from './message-scope.js';
import type { Outcome, Settlement } from './settlement.js';

export interface CommandRoute {
  contract: CommandContract;
  /** Also for people who were erased here. */
  evenIfErased: boolean;
  handle: (command: Envelope, context: WorkContext) => Promise<unknown>;
}

/** Rolls the transaction of a second worker back, after the first one has committed the same work. */
class AlreadyDone extends Error {
  override readonly name = 'AlreadyDone';
}

/** Work of seconds to minutes, without an open transaction around it: the handler commits its result itself. */
export class CommandConsumer {
  constructor(
    readonly spec: ConsumerSpec,
    private readonly service: string,
    private readonly route: CommandRoute,
    private readonly database: Database,
    private readonly settlement: Settlement,
  ) {}

  /** Runs the handler and settles. Never rejects. `signal` fires when the process has to stop. */
  async take(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    await this.settlement.settle(delivery, await this.outcomeOf(delivery, signal), startedAt);
  }

  private async outcomeOf(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    try {
      if (this.settlement.isExhausted(delivery)) throw neverEnded(delivery);
      const envelope = readEnvelope(delivery.payload);
      assertData(this.route.contract, envelope);
      const people = this.route.evenIfErased ? [] : peopleIn(envelope.data);
      const before = await lookIntoInbox(this.database, this.spec.durable, envelope.id, people);
      if (before !== 'new') return { kind: before === 'erased' ? 'ignored' : 'duplicate' };
      await this.work(envelope, delivery, signal);
      // Asked of the database, not of a flag: a transaction that called done() may have been rolled back.
      if ((await lookIntoInbox(this.database, this.spec.durable, envelope.id)) !== 'duplicate') {
        throw new Error(`${this.route.contract.type}: the handler returned without a committed done(tx)`);
      }
      faultPoint('consumer.after_commit_before_ack');
      return { kind: 'done' };
    } catch (error) {
      if (error instanceof AlreadyDone) return { kind: 'duplicate' };
      return signal.aborted ? { kind: 'handed-back' } : { kind: 'failed', error };
    }
  }

  private work(envelope: Envelope, delivery: Delivery, signal: AbortSignal): Promise<unknown> {
    const { durable } = this.spec;
    const { headers, attempt } = delivery;
    const requestId = headers[HEADER.requestId] ?? newId();
    const context: WorkContext = {
      attempt,
      lastAttempt: this.settlement.isLastAttempt(delivery),
      requestId,
      traceparent: headers[HEADER.traceparent],
      signal,
      async done(tx: Tx) {
        if ((await enterInbox(tx, durable, envelope.id)) !== 'new') throw new AlreadyDone(envelope.id);
      },
    };
    const scope = { service: this.service, durable, type: envelope.type, requestId, headers };
    return inMessageScope(scope, () => {
      faultPoint('consumer.before_tx');
      return this.route.handle(envelope, context);
    });
  }
}
