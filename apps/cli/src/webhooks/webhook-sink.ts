import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { CommandFailed } from '../exit-codes.js';
import type { Terminal } from '../terminal.js';

export interface SinkOptions {
  /** Without one nothing is verified. */
  secret: string | undefined;
  /** Status of every answer but that to a wrong signature. */
  answer: number;
  terminal: Terminal;
}

const HOST = '127.0.0.1';
const MAX_BYTES = 1024 * 1024;
const CONTROL = /[^\P{Cc}\n]/gu;

/** A receiver for trying things out: prints what it is sent. */
export class WebhookSink {
  private readonly server: Server = createServer((request, response) => {
    this.take(request, response).catch((error: unknown) => {
      this.options.terminal.err(`a call broke off: ${error instanceof Error ? error.message : String(error)}\n`);
      response.destroy();
    });
  });

  constructor(private readonly options: SinkOptions) {}

  /** Resolves when interrupted. */
  async listenUntil(port: number, interrupted: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(new CommandFailed(`port ${port}: ${error.message}`)));
      this.server.listen(port, HOST, resolve);
    });
    const address = this.server.address();
    const at = typeof address === 'object' && address !== null ? address.port : port;
    this.options.terminal.err(`listening at http://${HOST}:${at}/ (Ctrl-C ends)\n`);
    await new Promise<void>((resolve) => {
      if (interrupted.aborted) resolve();
      else interrupted.addEventListener('abort', () => resolve(), { once: true });
    });
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    if (body === undefined) return void response.writeHead(413, { connection: 'close' }).end();
    const verdict = this.verdictOn(body, request);
    const status = verdict.isRefused ? 401 : this.options.answer;
    const id = request.headers['webhook-id'] ?? '-';
    const head = `${status} ${request.method ?? ''} ${request.url ?? ''} id=${String(id)} ${verdict.words}`;
    this.options.terminal.out(printable(`${head}\n${pretty(body)}\n`));
    response.writeHead(status).end();
  }

  private verdictOn(body: string, { headers }: IncomingMessage): { words: string; isRefused: boolean } {
    const { secret } = this.options;
    if (secret === undefined) return { words: 'not verified (no --secret)', isRefused: false };
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    try {
      new Webhook(secret).verify(body, plain, { jsonParse: false });
      return { words: 'signature ok', isRefused: false };
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      return { words: `signature WRONG: ${error.message}`, isRefused: true };
    }
  }
}

/** Undefined for one that is too large. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk as Uint8Array);
    bytes += part.byteLength;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return body;
    throw error;
  }
}

/** Whoever calls may send anything: nothing of it steers the terminal. */
const printable = (text: string): string => text.replace(CONTROL, '�');
