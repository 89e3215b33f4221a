import { LIVE_SEQUENCE_HEADER, type LiveMessage, liveSubject } from '#contracts';
import { systemClock } from '#kernel';
import type { Logger } from '#platform';
import type { Bus } from './bus/bus.port.js';

/** Pushes to a person's open sockets. At most once by design: what is lost is noticed by its `sequence`, or refetched. */
export class LivePush {
  constructor(
    private readonly bus: Bus,
    private readonly logger: Logger,
  ) {}

  push(userId: string, type: LiveMessage['type'], data: Record<string, unknown>, sequence?: number): void {
    const message: LiveMessage = { type, data, sent_at: systemClock.now().toISOString(), sequence };
    const headers: Record<string, string> = {};
    if (sequence !== undefined) headers[LIVE_SEQUENCE_HEADER] = String(sequence);
    this.bus
      .publish({ subject: liveSubject(userId), payload: Buffer.from(JSON.stringify(message)), headers })
      .catch((error: unknown) => this.logger.warn('a live push was lost', { type }, error));
  }
}
