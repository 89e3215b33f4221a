import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface ReceivedCall {
  path: string;
  headers: IncomingHttpHeaders;
  id: string;
  /** As it came. */
  body: string;
  /** Parsed. */
  payload: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** A program of somebody's that is called, on this machine. */
export class WebhookReceiver {
  readonly calls: ReceivedCall[] = [];
  /** 204 unless told. */
  answer: (response: ServerResponse, call: ReceivedCall) => void | Promise<void> = accept;
  underWay = 0;
  mostUnderWay = 0;
  private port = 0;
  private readonly server: Server = createServer((request, response) => {
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    response.on('close', () => (this.underWay -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const { headers } = request;
      const call = {
        path: request.url ?? '',
        headers,
        id: String(headers['webhook-id']),
        body,
        payload: JSON.parse(body),
      };
      this.calls.push(call);
      void this.answer(response, call);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  at(path: string): ReceivedCall[] {
    return this.calls.filter((call) => call.path === path);
  }

  reset(): void {
    this.calls.length = 0;
    this.mostUnderWay = 0;
    this.answer = accept;
  }
}

export const accept = (response: ServerResponse): void => void response.writeHead(204).end();
export const refuseWith =
  (status: number, headers: Record<string, string> = {}, body = '') =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(body);

/** As a receiver would; throws unless one of the signatures is this secret's, and young. */
export const verify = (secret: string, { body, headers }: ReceivedCall): unknown =>
  new Webhook(secret).verify(
    body,
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  );

/** Whether one of the signatures is this secret's, however old. */
export function isSignedWith(secret: string, { id, body, headers }: ReceivedCall): boolean {
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  return String(headers['webhook-signature'])
    .split(' ')
    .includes(new Webhook(secret).sign(id, at, body));
}
