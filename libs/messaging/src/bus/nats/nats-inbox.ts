import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { noResponder, timedOut } from '../bus-errors.js';

interface Waiting {
  subject: string;
  timer: NodeJS.Timeout;
  resolve: (message: Msg) => void;
  reject: (error: Error) => void;
}

export interface Question {
  subject: string;
  payload: Uint8Array;
  timeoutMs: number;
  headers?: MsgHdrs;
}

const NO_RESPONDERS = 503;

/**
 * Where the answers to our questions arrive: one subscription, and who waits by the last word of the subject. The
 * client's own `request` makes an error object with its stack, a race and several promises for every question, also when
 * it is answered.
 */
export class NatsInbox {
  private readonly waiting = new Map<string, Waiting>();
  private readonly prefix: string;
  private asked = 0;

  constructor(
    private readonly connection: NatsConnection,
    inboxPrefix: string,
  ) {
    this.prefix = `${createInbox(inboxPrefix)}.`;
    connection.subscribe(`${this.prefix}*`, {
      callback: (error, message) => {
        if (error === null) this.receive(message);
        else this.refuseAll(() => error);
      },
    });
  }

  /** Rejects with AppError `unavailable` when nobody listens and `timeout` when nobody answers in time. */
  ask({ subject, payload, timeoutMs, headers }: Question): Promise<Msg> {
    return new Promise<Msg>((resolve, reject) => {
      const token = String(++this.asked);
      const timer = setTimeout(() => {
        this.waiting.delete(token);
        reject(timedOut(subject, timeoutMs));
      }, timeoutMs);
      this.waiting.set(token, { subject, timer, resolve, reject });
      try {
        this.connection.publish(subject, payload, { reply: this.prefix + token, headers });
      } catch (error) {
        this.take(token);
        throw error;
      }
    });
  }

  /** The server does not say which of several questions on a subject it refused: it refuses them all. */
  refuse(subject: string, error: Error): void {
    for (const [token, { subject: asked }] of this.waiting) if (asked === subject) this.take(token)?.reject(error);
  }

  refuseAll(error: () => Error): void {
    for (const token of [...this.waiting.keys()]) this.take(token)?.reject(error());
  }

  private receive(message: Msg): void {
    const waiting = this.take(message.subject.slice(this.prefix.length));
    // Too late: its question was given up.
    if (waiting === undefined) return;
    if (message.data.byteLength === 0 && message.headers?.code === NO_RESPONDERS) {
      waiting.reject(noResponder(waiting.subject));
    } else {
      waiting.resolve(message);
    }
  }

  private take(token: string): Waiting | undefined {
    const waiting = this.waiting.get(token);
    if (waiting === undefined) return undefined;
    this.waiting.delete(token);
    clearTimeout(waiting.timer);
    return waiting;
  }
}
