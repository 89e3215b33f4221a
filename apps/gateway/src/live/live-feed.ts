import { Inject, Injectable } from '@nestjs/common';
import { LIVE_SEQUENCE_HEADER, liveSubject } from '#contracts';
import { BUS, type Bus, type Unsubscribe } from '#messaging';
import { Logger } from '#platform';

/** `sequence` of what is numbered. */
export type LiveListener = (json: string, sequence: number | undefined) => void;

interface Channel {
  listeners: Set<LiveListener>;
  subscription: Promise<Unsubscribe>;
}

/** One subscription per connected person, however many sockets he has open here. */
@Injectable()
export class LiveFeed {
  private readonly channels = new Map<string, Channel>();

  constructor(
    @Inject(BUS) private readonly bus: Bus,
    private readonly logger: Logger,
  ) {}

  /** Resolves once nothing published from now on is missed. The answer ends it. */
  async listen(userId: string, listener: LiveListener): Promise<() => void> {
    let channel = this.channels.get(userId);
    if (channel === undefined) {
      const listeners = new Set<LiveListener>();
      const subscription = this.bus.subscribe(liveSubject(userId), ({ payload, headers }) => {
        const json = Buffer.from(payload).toString('utf8');
        const sequence = headers[LIVE_SEQUENCE_HEADER];
        for (const each of listeners) each(json, sequence === undefined ? undefined : Number(sequence));
      });
      channel = { listeners, subscription };
      this.channels.set(userId, channel);
    }
    channel.listeners.add(listener);
    const leave = (): void => this.leave(userId, listener);
    try {
      await channel.subscription;
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  get subscriptions(): number {
    return this.channels.size;
  }

  private leave(userId: string, listener: LiveListener): void {
    const channel = this.channels.get(userId);
    if (channel === undefined || !channel.listeners.delete(listener) || channel.listeners.size > 0) return;
    this.channels.delete(userId);
    channel.subscription
      .then((unsubscribe) => unsubscribe())
      .catch((error: unknown) => this.logger.warn('a live subscription did not end cleanly', {}, error));
  }
}
