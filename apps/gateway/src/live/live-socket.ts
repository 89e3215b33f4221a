import type { RawData, WebSocket } from 'ws';
import type { SocketOwner } from './tickets.js';
import { type ClientFrame, isOwnChannel, readFrame } from './frames.js';

export const MAX_FRAME_BYTES = 64 * 1024;
const MAX_BYTES_PER_SECOND = 1024 * 1024;
/** A client that reads slower than we write is cut; it goes on from where it was when it comes back. */
const MAX_UNSENT_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 30_000;

/** Close codes: 1008 policy (RFC 6455), 4401 and 4429 as HTTP has them. */
export const CLOSE = { policy: 1008, unauthorized: 4401, tooMany: 4429, goingAway: 1001 } as const;

export interface SocketHandlers {
  /** `after`: the number of the last notification the client has. */
  authenticate(token: string, after: number | undefined): void;
  closed(): void;
}

/** One open socket: frames in, pushes out, its own limits and heartbeat. */
export class LiveSocket {
  owner: SocketOwner | undefined;
  private readonly heartbeat: NodeJS.Timeout;
  private answered = true;
  private second = 0;
  private bytesThisSecond = 0;

  constructor(
    private readonly socket: WebSocket,
    private readonly handlers: SocketHandlers,
  ) {
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('pong', () => {
      this.answered = true;
    });
    // `ws` closes the socket itself (a frame too large, broken framing); there is nobody to tell.
    socket.on('error', () => this.socket.terminate());
    socket.on('close', () => {
      clearInterval(this.heartbeat);
      this.handlers.closed();
    });
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  send(frame: object): void {
    this.push(JSON.stringify(frame));
  }

  push(json: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_UNSENT_BYTES) {
      this.socket.terminate();
      return;
    }
    this.socket.send(json);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    // A client that does not answer the close is not waited for.
    setTimeout(() => this.socket.terminate(), 500).unref();
  }

  private receive(data: RawData, isBinary: boolean): void {
    const bytes = toBuffer(data);
    if (!this.isWithinRate(bytes.byteLength)) return this.close(CLOSE.tooMany, 'more than 1 MB per second');
    const frame = isBinary ? undefined : readFrame(bytes.toString('utf8'));
    if (frame === undefined) {
      return this.send({ type: 'error', code: 'VALIDATION_ERROR', message: 'This frame is not known.' });
    }
    this.answer(frame);
  }

  private answer(frame: ClientFrame): void {
    if (frame.type === 'pong') return;
    if (frame.type === 'ping') return this.send({ type: 'pong' });
    if (frame.type === 'auth') {
      // Signed in already: the socket stays whose it is.
      if (this.owner === undefined) this.handlers.authenticate(frame.token, frame.after);
      return;
    }
    if (this.owner === undefined) {
      return this.send({ type: 'error', code: 'UNAUTHENTICATED', message: 'Send {"type":"auth","token":"…"} first.' });
    }
    const { channel, type } = frame;
    if (isOwnChannel(channel, this.owner.userId)) {
      return this.send({ type: 'subscription_confirmation', channel, subscribed: type === 'subscribe' });
    }
    this.send({ type: 'error', code: 'FORBIDDEN', message: 'Only your own channel is open to you.' });
  }

  private isWithinRate(bytes: number): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.bytesThisSecond = 0;
    }
    this.bytesThisSecond += bytes;
    return this.bytesThisSecond <= MAX_BYTES_PER_SECOND;
  }

  private beat(): void {
    if (!this.answered) {
      this.socket.terminate();
      return;
    }
    this.answered = false;
    this.socket.ping();
  }
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
