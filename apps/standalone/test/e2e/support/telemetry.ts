import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Texts by the place they were found at. */
export type Texts = ReadonlyMap<string, string>;

/**
 * How a secret may stand in a text: as it is, in an address, in JSON, as hexadecimal digits, and in base64 wherever in the
 * encoded bytes it begins (three ways).
 */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // Without the characters its neighbours have a part in.
    const own = encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    ...inBase64,
  ];
  return [...new Set(forms)];
}

/** Short numbers (codes) only where they stand alone: six digits are part of many a number. */
const standsAlone = (digits: string): RegExp => new RegExp(`(?<![\\w.-])${digits}(?![\\w.-])`);

/** Names of the places in which the secret is. */
export function placesWith(texts: Texts, secret: string): string[] {
  if (/^\d{1,8}$/.test(secret)) {
    const alone = standsAlone(secret);
    return [...texts].filter(([, text]) => alone.test(text)).map(([place]) => place);
  }
  const forms = formsOf(secret);
  return [...texts].filter(([, text]) => forms.some((form) => text.includes(form))).map(([place]) => place);
}

/** A server that keeps what it is sent: a collector of spans, or another site that answers with whatever it likes. */
export class Listener {
  readonly received: string[] = [];
  private server: Server | undefined;

  constructor(private readonly answer: (request: IncomingMessage) => { status: number; body: string }) {}

  async start(): Promise<string> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.received.push(Buffer.concat(chunks).toString('utf8'));
        const { status, body } = this.answer(request);
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}
