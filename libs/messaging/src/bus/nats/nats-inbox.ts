import { createInbox, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { noResponder, timedOut } from '../bus-errors.js';

interface Waiting {
  question: Question;
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
    private readonly translate: (error: unknown, question: Question) => Error,
  ) {
    this.prefix = `${createInbox(inboxPrefix)}.`;
    connection.subscribe(`${this.prefix}*`, {
      callback: (error, message) => {
        if (error === null) this.receive(message);
        else this.refuseAll((question) => this.translate(error, question));
      },
    });
  }

  /** Rejects with AppError `unavailable` when nobody listens and `timeout` when nobody answers in time. */
  ask(question: Question): Promise<Msg> {
    const { subject, payload, timeoutMs, headers } = question;
    return new Promise<Msg>((resolve, reject) => {
      const token = String(++this.asked);
      const timer = setTimeout(() => {
        this.waiting.delete(token);
        reject(timedOut(subject, timeoutMs));
      }, timeoutMs);
      this.waiting.set(token, { question, timer, resolve, reject });
      try {
        this.connection.publish(subject, payload, { reply: this.prefix + token, headers });
      } catch (error) {
        this.take(token);
        reject(this.translate(error, question));
      }
    });
  }

  /** The server does not say which of several questions on a subject it refused: it refuses them all. */
  refuse(subject: string, error: Error): void {
    for (const [token, { question }] of this.waiting) if (question.subject === subject) this.take(token)?.reject(error);
  }

  refuseAll(error: (question: Question) => Error): void {
    for (const [token, { question }] of this.waiting) this.take(token)?.reject(error(question));
  }

  private receive(message: Msg): void {
    const waiting = this.take(message.subject.slice(this.prefix.length));
    // Too late: its question was given up.
    if (waiting === undefined) return;
    if (message.data.byteLength === 0 && message.headers?.code === NO_RESPONDERS) {
      waiting.reject(noResponder(waiting.question.subject));
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
