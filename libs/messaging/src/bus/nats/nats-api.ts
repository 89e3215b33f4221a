import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { unavailable } from '../bus-errors.js';
import type { NatsRequests } from './nats-requests.js';

/** Answer of the JetStream API or of an append. Past it the outcome is unknown, and the caller tries again. */
export const API_TIMEOUT_MS = 5_000;

/** Error codes of the JetStream API, from the server's errors.json. */
const STREAM_NOT_FOUND = 10059;

/** Questions about one stream and its consumers. */
export class NatsApi {
  constructor(
    readonly jsm: JetStreamManager,
    private readonly requests: NatsRequests,
    private readonly onStreamMissing: (stream: string) => void,
  ) {}

  async call<T>(stream: string, run: (jsm: JetStreamManager) => Promise<T>): Promise<T> {
    try {
      return await this.requests.guard(() => run(this.jsm), { subject: `stream ${stream}`, timeoutMs: API_TIMEOUT_MS });
    } catch (error) {
      if (!isApiError(error, STREAM_NOT_FOUND)) throw error;
      this.onStreamMissing(stream);
      throw unavailable(`Stream ${stream} is not there (yet): the service that owns it makes it at start.`, error);
    }
  }
}

export const isApiError = (error: unknown, ...codes: number[]): boolean =>
  error instanceof JetStreamApiError && codes.includes(error.code);
