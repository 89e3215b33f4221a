import { once } from 'node:events';
import { WebSocket } from 'ws';
import { compileSchema, LiveMessage } from '#contracts';
import { eventually } from '#testing';

type Frame = ReturnType<typeof JSON.parse>;

/** A client of the live socket that keeps everything it was sent. */
export class LiveSocket {
  readonly frames: Frame[] = [];

  private code: number | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('close', (code) => (this.code = code));
    socket.on('message', (data) => {
      const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
      this.frames.push(JSON.parse(text));
    });
  }

  /** Resolves once nothing published from now on is missed. */
  static async open(url: string, token: string): Promise<LiveSocket> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`);
    const live = new LiveSocket(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'auth', token }));
    await live.find((frame) => frame.type === 'connection_established');
    return live;
  }

  /** The frame a test waits for; pushes have the shape of the contract. */
  find(wanted: (frame: Frame) => boolean, timeoutMs = 15_000): Promise<Frame> {
    return eventually(
      () => {
        const found: Frame = this.frames.find(wanted);
        if (found === undefined) throw new Error(`not among ${this.frames.length} frames`);
        return found;
      },
      { timeoutMs },
    );
  }

  /** What is wrong with the shape of the pushes so far. */
  problems(): string[] {
    const schema = compileSchema(LiveMessage);
    return this.frames
      .filter((frame) => frame.sent_at !== undefined)
      .flatMap((frame) => schema.problems(frame).map(({ field, message }) => `${field} ${message}`));
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Code the other side closed with; waits for it. */
  async closed(): Promise<number> {
    if (this.code === undefined) await once(this.socket, 'close');
    return this.code ?? 0;
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}

/** Opened or refused, whichever it is. */
export async function triedSocket(url: string): Promise<void> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve) => {
    socket.once('open', resolve);
    socket.once('error', () => resolve());
  });
  socket.close();
}
