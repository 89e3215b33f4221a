import { JetStreamApiError } from '@nats-io/jetstream';
import {
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  PermissionViolationError,
  RequestError,
  TimeoutError,
} from '@nats-io/transport-node';
import { AppError } from '#kernel';
import { TopologyError } from '../../topology/ensure-topology.js';
import { noResponder, timedOut, unavailable } from '../bus-errors.js';
import { NatsInbox } from './nats-inbox.js';

const lost = (): AppError => unavailable('The message bus is not reachable right now; it is being reconnected.');

/** Questions to the bus and to other services. None outlives the connection: what was asked is answered or refused. */
export class NatsRequests {
  private readonly waiting = new Set<() => void>();
  private readonly inbox: NatsInbox;
  private connected = true;
  private losses = 0;

  constructor(connection: NatsConnection, inboxPrefix: string) {
    this.inbox = new NatsInbox(connection, inboxPrefix, translate);
  }

  get isConnected(): boolean {
    return this.connected;
  }

  /** Another one after every lost connection: behind it may be a server that knows less than it did. */
  get epoch(): number {
    return this.losses;
  }

  assertConnected(): void {
    if (!this.connected) throw lost();
  }

  /** Without this a request that was on its way when the server died would wait for its whole deadline. */
  setConnected(connected: boolean): void {
    this.connected = connected;
    if (connected) return;
    this.losses += 1;
    this.inbox.refuseAll(lost);
    for (const refuse of this.waiting) refuse();
    this.waiting.clear();
  }

  ask(subject: string, payload: Uint8Array, timeoutMs: number, headers?: MsgHdrs): Promise<Msg> {
    if (timeoutMs <= 0) return Promise.reject(timedOut(subject, timeoutMs));
    if (!this.connected) return Promise.reject(lost());
    return this.inbox.ask({ subject, payload, timeoutMs, headers });
  }

  /** What the server said about a subject we published on. */
  refused(violation: PermissionViolationError): void {
    if (violation.operation === 'publish') this.inbox.refuse(violation.subject, missingRight(violation));
  }

  /** Runs something that talks to the server; refuses at once when the connection is, or gets, lost. */
  guard<T>(run: () => Promise<T>, about: { subject: string; timeoutMs: number }): Promise<T> {
    if (!this.connected) return Promise.reject(lost());
    return new Promise<T>((resolve, reject) => {
      const refuse = (): void => reject(lost());
      this.waiting.add(refuse);
      run().then(
        (value) => {
          this.waiting.delete(refuse);
          resolve(value);
        },
        (error: unknown) => {
          this.waiting.delete(refuse);
          reject(translate(error, about));
        },
      );
    });
  }
}

/** Errors of the client library end here; JetStream's own answers pass through for those who know their codes. */
function translate(error: unknown, about: { subject: string; timeoutMs: number }): Error {
  const cause = error instanceof Error ? error.cause : undefined;
  if (error instanceof RequestError && error.isNoResponders()) return noResponder(about.subject);
  if (error instanceof TimeoutError || cause instanceof TimeoutError) {
    return timedOut(about.subject, about.timeoutMs, error);
  }
  const violation = error instanceof PermissionViolationError ? error : cause;
  if (violation instanceof PermissionViolationError) return missingRight(violation);
  if (error instanceof JetStreamApiError || error instanceof TopologyError) return error;
  return unavailable(`The message bus did not take ${about.subject}.`, error);
}

/** A mistake in the deployment, not of the caller: nothing about it is shown outside. */
export function missingRight(violation: PermissionViolationError): AppError {
  return new AppError({
    code: 'INTERNAL_ERROR',
    kind: 'internal',
    message: 'Something went wrong on our side.',
    cause: new Error(
      `NATS refuses this user the ${violation.operation} on '${violation.subject}'. If the contracts allow it, write ` +
        'deploy/nats anew (npm run sync:nats) and reload the server; readers are declared in libs/contracts/src/readers.ts.',
      { cause: violation },
    ),
  });
}
