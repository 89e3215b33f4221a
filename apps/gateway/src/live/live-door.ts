import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import { type Caller, listNotificationsAfter } from '#contracts';
import { toAppError } from '#kernel';
import { RpcClient } from '#messaging';
import { Logger } from '#platform';
import { AccessTokens } from '../access/access-tokens.service.js';
import { FactorDemand } from '../access/factor-demand.js';
import { Revocations } from '../access/revocations.js';
import type { GatewaySettings } from '../config.js';
import { addressKey, TrustedProxies } from '../limits/client-address.js';
import { RateLimits } from '../limits/rate-limits.js';
import { GATEWAY_SETTINGS } from '../tokens.js';
import { LiveFeed } from './live-feed.js';
import { NotificationTrack } from './notification-track.js';
import { CLOSE, LiveSocket, MAX_FRAME_BYTES } from './live-socket.js';
import { SocketCounts } from './socket-counts.js';
import { type SocketOwner, Tickets } from './tickets.js';

const PATHS: ReadonlySet<string> = new Set(['/ws', '/websocket', '/api/v1/ws', '/api/v1/websocket']);
/** Over all gateways. */
const MOST_SOCKETS_PER_USER = 5;
const TOO_MANY = `at most ${MOST_SOCKETS_PER_USER} sockets`;
/** Sockets that have not said who they are, on one gateway. */
const MOST_STRANGERS = 1_000;
const AUTH_WITHIN_MS = 5_000;
const ASK_TIMEOUT_MS = 2_000;
/** The number of a notification; those of one person do not get past nine digits. */
const SEQUENCE = /^\d{1,9}$/;

/** The WebSocket at /ws: pushes to the person who opened it, and nothing of anybody else. */
@Injectable()
export class LiveDoor {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    // Compression would cost memory per socket, and pushes are small.
    perMessageDeflate: false,
    clientTracking: false,
  });
  private readonly byUser = new Map<string, Set<LiveSocket>>();
  private readonly strangers = new Set<LiveSocket>();
  /** Ends the feed of a socket. */
  private readonly leaving = new WeakMap<LiveSocket, () => void>();

  constructor(
    private readonly tickets: Tickets,
    private readonly tokens: AccessTokens,
    private readonly factors: FactorDemand,
    private readonly revocations: Revocations,
    private readonly feed: LiveFeed,
    private readonly counts: SocketCounts,
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    private readonly logger: Logger,
  ) {}

  install(server: Server): void {
    const proxies = new TrustedProxies(this.settings.TRUSTED_PROXIES);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.upgrade(request, socket, head, proxies.addressOf(request)).catch((error: unknown) => {
        this.logger.error('a socket could not be opened', error);
        refuse(socket, '500 Internal Server Error');
      });
    });
    this.revocations.onRevoked(() => this.closeRevoked());
    this.counts.onTold((userId) => this.closeExcess(userId));
  }

  /** Clients come back to another gateway. */
  stop(): void {
    this.counts.leave();
    for (const socket of [...this.strangers, ...[...this.byUser.values()].flatMap((sockets) => [...sockets])]) {
      socket.close(CLOSE.goingAway, 'the server restarts');
    }
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, address: string): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gateway');
    if (!PATHS.has(pathname)) return refuse(socket, '404 Not Found');
    if (!this.isAllowedOrigin(request)) return refuse(socket, '403 Forbidden');
    if (this.limits.take('general', addressKey(address))?.allowed === false) {
      return refuse(socket, '429 Too Many Requests');
    }
    const ticket = searchParams.get('ticket');
    // A token in the address ends up in logs and histories; it is not looked at.
    if (searchParams.has('token') || searchParams.has('access_token')) return refuse(socket, '400 Bad Request');
    const after = readAfter(searchParams.get('after'));
    if (after === 'unreadable') return refuse(socket, '400 Bad Request');
    const owner = ticket === null ? undefined : await this.tickets.redeem(ticket);
    if (ticket !== null && (owner === undefined || this.isRevoked(owner))) return refuse(socket, '401 Unauthorized');
    if (owner === undefined && this.strangers.size >= MOST_STRANGERS) return refuse(socket, '503 Service Unavailable');
    if (socket.destroyed) return;
    this.server.handleUpgrade(request, socket, head, (opened) => {
      const live: LiveSocket = new LiveSocket(opened, {
        authenticate: (token, since) => void this.authenticate(live, token, since ?? after),
        closed: () => this.forget(live),
      });
      if (owner === undefined) this.await(live);
      else void this.admit(live, owner, after);
    });
  }

  private await(socket: LiveSocket): void {
    this.strangers.add(socket);
    setTimeout(() => {
      if (this.strangers.has(socket)) socket.close(CLOSE.policy, 'no auth frame within 5 seconds');
    }, AUTH_WITHIN_MS).unref();
  }

  private async authenticate(socket: LiveSocket, token: string, after: number | undefined): Promise<void> {
    try {
      const { caller, sessionId, issuedAt } = await this.tokens.verify(token);
      if (caller.needs_factor === true) await this.factors.require(caller);
      await this.admit(socket, { userId: caller.user_id, sessionId, issuedAt }, after);
    } catch (error) {
      const { code, message } = toAppError(error);
      // Whatever else is wrong with the token: the client has to sign in again.
      const told =
        code === 'SECOND_FACTOR_REQUIRED'
          ? { code, message }
          : { code: 'UNAUTHENTICATED', message: 'The access token is not valid.' };
      socket.send({ type: 'error', ...told });
      socket.close(CLOSE.unauthorized, 'the access token is not valid');
    }
  }

  private async admit(socket: LiveSocket, owner: SocketOwner, after: number | undefined): Promise<void> {
    if (socket.owner !== undefined) return;
    const { userId } = owner;
    const sockets = this.byUser.get(userId) ?? new Set();
    if (sockets.size + this.counts.elsewhere(userId) >= MOST_SOCKETS_PER_USER) {
      return socket.close(CLOSE.tooMany, TOO_MANY);
    }
    socket.owner = owner;
    this.strangers.delete(socket);
    sockets.add(socket);
    this.byUser.set(userId, sockets);
    this.counts.set(userId, sockets.size);
    const track = this.trackOf(socket, owner);
    let sequence: number | null;
    try {
      const leave = await this.feed.listen(userId, (json, number) => {
        if (number === undefined) socket.push(json);
        else track.take(number, json);
      });
      if (!sockets.has(socket)) return leave();
      this.leaving.set(socket, leave);
      // After the feed is open: what comes from here on is heard.
      sequence = await this.startOf(track, after);
    } catch (error) {
      this.logger.warn('the live feed of a socket could not be opened', {}, error);
      return socket.close(CLOSE.goingAway, 'try again');
    }
    // While the feed was being opened the session may have ended.
    if (this.isRevoked(owner)) return socket.close(CLOSE.unauthorized, 'the session has ended');
    socket.send({ type: 'connection_established', user_id: userId, channel: `user_${userId}`, sequence });
    if (sequence === null) track.passOn();
    else track.begin();
  }

  private trackOf(socket: LiveSocket, { userId, sessionId }: SocketOwner): NotificationTrack {
    const caller: Caller = { user_id: userId, session_id: sessionId, roles: [], scopes: [] };
    return new NotificationTrack({
      ask: (after, limit) =>
        this.rpc.call(listNotificationsAfter, { after, limit }, { caller, timeoutMs: ASK_TIMEOUT_MS }),
      send: (json) => socket.push(json),
      failed: (error) => {
        this.logger.warn('missed notifications could not be asked for', {}, error);
        socket.close(CLOSE.goingAway, 'try again');
      },
    });
  }

  /** Null where the service is away: who has not missed anything yet may listen all the same, the others come back. */
  private async startOf(track: NotificationTrack, after: number | undefined): Promise<number | null> {
    try {
      return await track.findStart(after);
    } catch (error) {
      if (after !== undefined) throw error;
      this.logger.info('a live socket goes without numbers', { reason: toAppError(error).kind });
      return null;
    }
  }

  private forget(socket: LiveSocket): void {
    this.strangers.delete(socket);
    this.leaving.get(socket)?.();
    if (socket.owner === undefined) return;
    const { userId } = socket.owner;
    const sockets = this.byUser.get(userId);
    if (sockets?.delete(socket) !== true) return;
    if (sockets.size === 0) this.byUser.delete(userId);
    this.counts.set(userId, sockets.size);
  }

  private closeRevoked(): void {
    for (const sockets of this.byUser.values()) {
      for (const socket of sockets) {
        if (socket.owner !== undefined && this.isRevoked(socket.owner)) {
          socket.close(CLOSE.unauthorized, 'the session has ended');
        }
      }
    }
  }

  /** Two gateways may have let somebody in before they heard of each other. */
  private closeExcess(userId: string): void {
    const room = Math.max(0, MOST_SOCKETS_PER_USER - this.counts.before(userId));
    const excess = [...(this.byUser.get(userId) ?? [])].slice(room);
    for (const socket of excess) socket.close(CLOSE.tooMany, TOO_MANY);
  }

  private isRevoked({ userId, sessionId, issuedAt }: SocketOwner): boolean {
    return this.revocations.isRevoked({ sub: userId, sid: sessionId, iat: issuedAt });
  }

  /** Pages of our own address and of the CORS list; what is no browser sends no Origin. */
  private isAllowedOrigin({ headers }: IncomingMessage): boolean {
    const { origin, host } = headers;
    if (origin === undefined || this.settings.CORS_ORIGINS.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }
}

function readAfter(text: string | null): number | undefined | 'unreadable' {
  if (text === null) return undefined;
  return SEQUENCE.test(text) ? Number(text) : 'unreadable';
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\nx-content-type-options: nosniff\r\n\r\n`);
}
