import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RecordedRequest {
  /** Whose site was asked. */
  site: string;
  method: string;
  path: string;
  query: Readonly<Record<string, string>>;
  headers: IncomingHttpHeaders;
  /** What was answered. */
  status: number;
}

export interface SiteAnswer {
  status?: number;
  body: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Sends ETag and Last-Modified and answers 304 to who knows them. */
  conditional?: boolean;
}

export type SiteHandler = (request: { path: string; query: URLSearchParams }) => SiteAnswer;

/** Makes requests that overlap visible: a site that answered at once would never see two at a time. */
const ANSWER_AFTER_MS = 10;
const RECORDED_ON = 'Wed, 12 Aug 2026 06:00:00 GMT';

/** One host of its own (own port) that answers like the site it stands for, and remembers what it was asked. */
export class RecordedSite {
  readonly requests: RecordedRequest[] = [];
  /** Requests that were being answered at the same time, at most. */
  mostAtOnce = 0;
  private atOnce = 0;
  private readonly server = createServer((request, response) => void this.serve(request, response));
  private port = 0;

  constructor(
    readonly name: string,
    private readonly handler: SiteHandler,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
    this.port = address.port;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    await sleep(ANSWER_AFTER_MS);
    const answer = this.handler({ path: decodeURIComponent(pathname), query: searchParams });
    const bytes = Buffer.from(JSON.stringify(answer.body));
    const etag = `W/"${createHash('md5').update(bytes).digest('hex')}"`;
    const isKnown = answer.conditional === true && request.headers['if-none-match'] === etag;
    const status = isKnown ? 304 : (answer.status ?? 200);
    const validators = answer.conditional === true ? { etag, 'last-modified': RECORDED_ON } : {};
    const { method = 'GET', headers } = request;
    this.requests.push({
      site: this.name,
      method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers,
      status,
    });
    this.atOnce -= 1;
    response.writeHead(status, { 'content-type': 'application/json', ...validators, ...answer.headers });
    response.end(isKnown ? undefined : bytes);
  }
}
