import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Closed, compileSchema, Nullable, Type, Uuid } from '#contracts';
import { type Clock, newId, toAppError } from '#kernel';
import { BUS, type Bus, type Unsubscribe } from '#messaging';
import { CLOCK, Logger } from '#platform';

/** Who opens a socket. `issuedAt` (seconds) is what revocations are compared with. */
export interface SocketOwner {
  userId: string;
  sessionId: string;
  issuedAt: number;
}

export const TICKET_SECONDS = 30;
const ASK_TIMEOUT_MS = 2_000;
/** More open tickets than this are not for people; the oldest give way. */
const MOST_TICKETS = 10_000;
const TICKET = /^([0-9a-f-]{36})\.([\w-]{32})$/;

const Redeemed = compileSchema(
  Closed({ owner: Nullable(Closed({ userId: Uuid(), sessionId: Uuid(), issuedAt: Type.Number() })) }),
);

/**
 * One-time tickets, so that no token ever stands in a URL. A ticket lives in the memory of the gateway that issued it
 * and names it; another gateway asks that one, which makes a ticket good for exactly one socket in the whole cluster.
 */
@Injectable()
export class Tickets {
  private readonly self = newId();
  private readonly open = new Map<string, { owner: SocketOwner; until: number }>();
  private unsubscribe: Unsubscribe | undefined;

  constructor(
    @Inject(BUS) private readonly bus: Pick<Bus, 'request' | 'respond'>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    this.unsubscribe = await this.bus.respond(subjectOf(this.self), 'gateway', async ({ payload }) => {
      const owner = this.take(Buffer.from(payload).toString('utf8')) ?? null;
      return { payload: Buffer.from(JSON.stringify({ owner })), headers: {} };
    });
  }

  async stop(): Promise<void> {
    await this.unsubscribe?.();
  }

  issue(owner: SocketOwner): string {
    const secret = randomBytes(24).toString('base64url');
    const now = this.clock.monotonicMs();
    for (const [key, { until }] of this.open) {
      // In the order they were issued: the first one that is still good ends the search.
      if (until > now && this.open.size < MOST_TICKETS) break;
      this.open.delete(key);
    }
    this.open.set(secret, { owner, until: now + TICKET_SECONDS * 1000 });
    return `${this.self}.${secret}`;
  }

  /** The owner, once. Undefined for a ticket that was used, is too old, or never was one. */
  async redeem(ticket: string): Promise<SocketOwner | undefined> {
    const [, issuer, secret] = TICKET.exec(ticket) ?? [];
    if (issuer === undefined || secret === undefined) return undefined;
    if (issuer === this.self) return this.take(secret);
    try {
      const message = { subject: subjectOf(issuer), payload: Buffer.from(secret), headers: {} };
      const { payload } = await this.bus.request(message, ASK_TIMEOUT_MS);
      const answer: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
      return Redeemed.check(answer) ? (answer.owner ?? undefined) : undefined;
    } catch (error) {
      // The gateway that issued it is gone, and its tickets with it.
      this.logger.info('a ticket of another gateway could not be redeemed', { reason: toAppError(error).kind });
      return undefined;
    }
  }

  private take(secret: string): SocketOwner | undefined {
    const ticket = this.open.get(secret);
    this.open.delete(secret);
    return ticket !== undefined && ticket.until > this.clock.monotonicMs() ? ticket.owner : undefined;
  }
}

const subjectOf = (gateway: string): string => `peer.gateway.ticket.${gateway}`;
