import type { NatsApi } from './nats-api.js';
import type { StillThere } from './nats-delivery.js';
import { MESSAGE_ID_HEADER } from './nats-headers.js';
import type { NatsRequests } from './nats-requests.js';

/**
 * The server takes a settlement by position alone. After it lost its store, or went back to a copy of it, another
 * message may stand there, and would be settled without having been handled. So what was handed out before a connection
 * was lost is looked up before it is settled over the next one.
 */
export class NatsOrigins {
  constructor(
    private readonly api: NatsApi,
    private readonly requests: NatsRequests,
  ) {}

  /** For one delivery, pulled in that epoch. As long as the connection holds, it costs nothing; after a loss, one look. */
  check(stream: string, pulledIn: number): StillThere {
    let epoch = pulledIn;
    return async (sequence, messageId) => {
      while (epoch !== this.requests.epoch) {
        const now = this.requests.epoch;
        if (!(await this.isAt(stream, sequence, messageId))) return false;
        epoch = now;
      }
      return true;
    };
  }

  private async isAt(stream: string, sequence: number, messageId: string): Promise<boolean> {
    if (messageId === '') return false;
    const stored = await this.api.call(stream, (jsm) => jsm.streams.getMessage(stream, { seq: sequence }));
    return stored?.header.get(MESSAGE_ID_HEADER) === messageId;
  }
}
