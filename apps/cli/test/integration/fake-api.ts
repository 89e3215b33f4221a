import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AuditFinding,
  compileSchema,
  ImportedUser,
  importPostings,
  importUsers,
  SignInRequest,
  VerifyMfaRequest,
} from '#contracts';

export interface SeenImport {
  key: string;
  bytes: number;
  sources: string[];
  ids: string[];
}

/** The operations an admin's commands use, by the contract; what goes wrong is asked for with `next`. */
export class FakeApi {
  readonly imports: SeenImport[] = [];
  /** How many accounts each request carried. */
  readonly users: number[] = [];
  signIns = 0;
  /** Postings whose title is this are refused, as the service refuses what it cannot use. */
  refusedTitle = 'Refused';
  hasSecondFactor = false;
  /** The second factor takes each once. */
  readonly codes = new Set(['123456', '654321', 'JBSW-Y3DP-EHPK-3PXP']);
  refreshes = 0;
  canRefresh = true;
  /** What is wrong with the audit log, page by page. */
  findings: AuditFinding[][] = [[]];
  private readonly stored = new Set<string>();
  private readonly faults: ((response: ServerResponse) => void)[] = [];
  private token = '';
  private issued = 0;
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
    if (request.method === 'GET') return this.verification(request, response);
    const body: unknown = JSON.parse(text);
    if (request.url === '/api/v1/auth/login') return this.signIn(body, response);
    if (request.url === '/api/v1/auth/mfa/verify') return this.secondStep(body, response);
    if (request.url === '/api/v1/auth/refresh') return this.refresh(body, response);
    if (request.url === '/api/v1/admin/users/import') return this.importUsers(request, body, response);
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

  private importUsers(request: IncomingMessage, body: unknown, response: ServerResponse): void {
    const credential = request.headers.authorization;
    if (credential !== 'Bearer cck_admin' && credential !== `Bearer ${this.token}`) return send(response, 401, {});
    if (!compileSchema(importUsers.request).check(body)) return send(response, 422, { error: { message: 'invalid' } });
    this.users.push(body.users.length);
    const schema = compileSchema(ImportedUser);
    const users = body.users.map((user, index) => {
      const [problem] = schema.problems(user, 'user');
      const email = schema.check(user) ? user.email : '';
      const status = problem !== undefined ? 'rejected' : this.stored.has(email) ? 'exists' : 'created';
      this.stored.add(email);
      return {
        index,
        status,
        user_id: status === 'created' ? randomUUID() : null,
        field: problem?.field ?? null,
        reason: problem?.message ?? null,
      };
    });
    const n = (wanted: string): number => users.filter(({ status }) => status === wanted).length;
    send(response, 200, { counts: { created: n('created'), exists: n('exists'), rejected: n('rejected') }, users });
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
    if (this.hasSecondFactor) {
      return send(response, 200, { mfa_required: true, mfa_token: 'ccst_x', methods: ['totp'], expires_in: 300 });
    }
    this.letIn(response);
  }

  private secondStep(body: unknown, response: ServerResponse): void {
    const typed = compileSchema(VerifyMfaRequest).check(body) ? (body.code ?? body.recovery_code ?? '') : '';
    if (this.codes.delete(typed)) return this.letIn(response);
    send(response, 401, { error: { code: 'INVALID_CREDENTIALS', message: 'The code is wrong.' } });
  }

  private refresh(body: unknown, response: ServerResponse): void {
    this.refreshes++;
    const given: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'refresh_token') : undefined;
    if (this.canRefresh && given === `refresh-${this.issued}`) return this.letIn(response);
    send(response, 401, { error: { code: 'INVALID_REFRESH_TOKEN', message: 'Sign in again.' } });
  }

  private letIn(response: ServerResponse): void {
    this.issued++;
    this.token = `token-${this.issued}`;
    const tokens = { access_token: this.token, refresh_token: `refresh-${this.issued}` };
    send(response, 200, { ...tokens, token_type: 'bearer', expires_in: 1800 });
  }

  private verification(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.authorization !== `Bearer ${this.token}`) return send(response, 401, {});
    const url = new URL(request.url ?? '', 'http://api');
    if (url.pathname !== '/api/v1/admin/audit/verification') return send(response, 404, {});
    const page = Number(url.searchParams.get('after')?.split(':')[1] ?? 0);
    const next = page + 1 < this.findings.length ? `${randomUUID()}:${page + 1}` : null;
    const seal = { number: 7, sealed_at: '2026-11-20T10:00:00.000Z' };
    send(response, 200, { checked: 10, seal, findings: this.findings[page] ?? [], next });
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
