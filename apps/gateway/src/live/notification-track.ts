import type { listNotificationsAfter, LiveMessage, Static } from '#contracts';

export type NotificationPage = Static<typeof listNotificationsAfter.response>;

export interface TrackHandlers {
  /** What came after a number; at most `limit` of it. */
  ask(after: number, limit: number): Promise<NotificationPage>;
  send(json: string): void;
  /** What is missing could not be had: the client has to come back for it. */
  failed(error: unknown): void;
}

const PAGE = 100;
/** Whoever missed more refetches the list: it is shorter than all that. */
const MOST_RESUMED = 1_000;

/**
 * The notifications of one socket: each once, in the order of their numbers, none left out. A number that does not
 * follow the last one means that the bus lost something or that two replicas overtook each other; what lies between is
 * read from the table then.
 */
export class NotificationTrack {
  private state: 'starting' | 'reading' | 'following' | 'unnumbered' = 'starting';
  /** Sent, or known to the client. */
  private last = 0;
  /** The highest number heard of. */
  private newest = 0;
  private early: string[] = [];

  constructor(private readonly handlers: TrackHandlers) {}

  /**
   * Answers from which number on everything comes over this socket: `after`, or a newer one where too much was missed
   * or `after` was never given out. Nothing is sent before `begin`.
   */
  async findStart(after: number | undefined): Promise<number> {
    const { last } = await this.handlers.ask(0, 0);
    const isHonoured = after !== undefined && after <= last && last - after <= MOST_RESUMED;
    this.last = isHonoured ? after : last;
    this.newest = Math.max(this.newest, last);
    return this.last;
  }

  begin(): void {
    this.early = [];
    void this.readOn();
  }

  /** Instead of both, where nobody can be asked: what comes is passed on as it comes. */
  passOn(): void {
    this.state = 'unnumbered';
    for (const json of this.early.splice(0)) this.handlers.send(json);
  }

  take(sequence: number, json: string): void {
    this.newest = Math.max(this.newest, sequence);
    if (this.state === 'unnumbered') this.handlers.send(json);
    else if (this.state === 'starting') this.early.push(json);
    // Whoever reads finds it in the table.
    else if (this.state === 'following') this.follow(sequence, json);
  }

  private follow(sequence: number, json: string): void {
    if (sequence === this.last + 1) {
      this.last = sequence;
      this.handlers.send(json);
    } else if (sequence > this.last) void this.readOn();
  }

  private async readOn(): Promise<void> {
    this.state = 'reading';
    try {
      while (this.last < this.newest) {
        const before = this.last;
        this.last = await this.readPage(before);
        // A table that does not know a number it gave out is another one than before (a backup was put back).
        if (this.last === before) this.newest = before;
      }
      this.state = 'following';
    } catch (error) {
      this.handlers.failed(error);
    }
  }

  private async readPage(after: number): Promise<number> {
    const { last, notifications } = await this.handlers.ask(after, PAGE);
    for (const { sequence, notification } of notifications) {
      const { created_at: sent_at } = notification;
      const frame: LiveMessage = { type: 'notification', data: notification, sent_at, sequence };
      this.handlers.send(JSON.stringify(frame));
    }
    // A page that is not full was the last: the numbers left out up to `last` belong to what was deleted.
    if (notifications.length < PAGE) return Math.max(after, last);
    return notifications.at(-1)?.sequence ?? after;
  }
}
