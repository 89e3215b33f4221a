import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compileSchema, importPostings, SignInRequest } from '#contracts';

export interface SeenImport {
  key: string;
  bytes: number;
  sources: string[];
  ids: string[];
}

/** The two operations an import uses, by the contract; what goes wrong is asked for with `next`. */
export class FakeApi {
  readonly imports: SeenImport[] = [];
  signIns = 0;
  /** Postings whose title is this are refused, as the service refuses what it cannot use. */
  refusedTitle = 'Refused';
  private readonly stored = new Set<string>();
  private readonly faults: ((response: ServerResponse) => void)[] = [];
  private token = '';
  private server: Server | undefined;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
    const { server } = this;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      if (this.server === undefined) resolve(undefined);
      else this.server.close(resolve);
      this.server?.closeAllConnections();
    });
  }

  /** The next import is answered by this instead. */
  next(fault: (response: ServerResponse) => void): void {
    this.faults.push(fault);
  }

  expireToken(): void {
    this.token = 'expired';
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const text = Buffer.concat(chunks).toString('utf8');
    const body: unknown = JSON.parse(text);
    if (request.url === '/api/v1/auth/login') return this.signIn(body, response);
    if (request.url !== '/api/v1/admin/jobs/import') return send(response, 404, { error: { message: 'no such path' } });
    const fault = this.faults.shift();
    if (fault !== undefined) return fault(response);
    if (request.headers.authorization !== `Bearer ${this.token}`) return send(response, 401, {});
    const validator = compileSchema(importPostings.request);
    if (!validator.check(body)) return send(response, 422, { error: { message: 'invalid' } });
    const key = request.headers['idempotency-key'];
    const { postings } = body;
    this.imports.push({
      key: typeof key === 'string' ? key : '',
      bytes: text.length,
      sources: [...new Set(postings.map(({ source }) => source))],
      ids: postings.map((posting) => posting.source_id),
    });
    const rejected = postings.flatMap(({ title, source_id }, index) =>
      title === this.refusedTitle ? [{ index, source_id, reason: 'the title says nothing' }] : [],
    );
    const known = postings.filter((posting) => this.stored.has(posting.source_id)).length;
    for (const posting of postings) this.stored.add(posting.source_id);
    send(response, 200, {
      counts: {
        fetched: postings.length,
        created: postings.length - known - rejected.length,
        changed: 0,
        duplicate_url: 0,
        duplicate_fingerprint: 0,
        duplicate_near: 0,
        unchanged: known,
        rejected: rejected.length,
        with_visa_evidence: 0,
      },
      rejected,
    });
  }

  private signIn(body: unknown, response: ServerResponse): void {
    this.signIns++;
    const isGood =
      compileSchema(SignInRequest).check(body) &&
      body.email === 'owner@localhost' &&
      body.password === 'right-password';
    if (!isGood) {
      return send(response, 401, {
        error: { code: 'INVALID_CREDENTIALS', message: 'E-mail address or password is wrong.' },
      });
    }
    this.token = `token-${this.signIns}`;
    send(response, 200, { access_token: this.token, refresh_token: 'r', token_type: 'bearer', expires_in: 1800 });
  }
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
