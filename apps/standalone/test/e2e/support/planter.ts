import { newId } from '#kernel';
import type { ApiOperation } from '#testing';
import type { ApiAnswer, ApiClient } from './api-client.js';
import { Canaries } from './canaries.js';

/**
 * Where nothing of a person stays: what only admins may do, sign-in itself (secrets and addresses), and what employers
 * publish for everybody to read (its erasure: employer-postings.spec.ts).
 */
const NOT_PLANTED =
  /^\/api\/v1\/(auth\/(?!me$)|admin\/|jobs(\/\{id\})?$|jobs\/(scrape|sources)|users\/me\/(password|undo-erasure))/;

/** Puts canaries into every field a person may fill, through the API. */
export class Planter {
  private jobsUsed = 1;

  constructor(
    private readonly api: ApiClient,
    private readonly canaries: Canaries,
    private readonly token: string,
  ) {}

  /** Every operation with such a field. */
  operations(): ApiOperation[] {
    const writes = this.api.document.operations.filter(
      ({ method, path, body }) =>
        ['POST', 'PUT', 'PATCH'].includes(method) && body?.mediaType === 'application/json' && !NOT_PLANTED.test(path),
    );
    // The profile first: it replaces lists others add to.
    writes.sort((a, b) => Number(b.operationId === 'updateProfile') - Number(a.operationId === 'updateProfile'));
    return writes.filter((operation) => this.hasText(operation));
  }

  async plantAll(): Promise<void> {
    for (const operation of this.operations()) await this.plant(operation, await this.pathOf(operation));
  }

  async plant(operation: ApiOperation, path: string): Promise<ApiAnswer> {
    const { operationId, method } = operation;
    const body = operation.body && this.canaries.fill(operation.body.schema, operationId, operation.body.example);
    // One application per job: whoever makes another takes another job.
    if (path === '/applications' && typeof body === 'object' && body !== null)
      Object.assign(body, { job_id: await this.nextJob() });
    const headers = { 'idempotency-key': newId() };
    const answer = await this.api.send(method, path, { token: this.token, body, headers });
    if (answer.status >= 300)
      throw new Error(`${operationId} ${answer.status} ${answer.text}\n${JSON.stringify(body)}`);
    return answer;
  }

  /** Ids for the placeholders of a path: of things of the person, made for it, or of the job. */
  private async pathOf({ path, method }: ApiOperation): Promise<string> {
    const base = path.replace('/api/v1', '').split('/{')[0] ?? '';
    if (!path.includes('{')) return base;
    const rest = path.slice(path.indexOf('}') + 1);
    if (base === '/jobs') return `/jobs/${String(this.canaries.known.job_id)}${rest}`;
    const creator = base === '/ai/cover-letters' ? '/ai/cover-letter/generate' : base;
    const create = this.api.document.find('POST', `/api/v1${creator}`);
    if (create === undefined) throw new Error(`nothing makes what ${method} ${path} changes`);
    const created = await this.plant(create, creator);
    return `${base}/${String(created.body.id)}${rest}`;
  }

  /** Whether there is a field in it that could carry one at all. */
  private hasText({ operationId, body }: ApiOperation): boolean {
    const trial = new Canaries(this.canaries.known);
    trial.fill(body?.schema ?? {}, operationId, body?.example);
    return trial.planted.size > 0;
  }

  private async nextJob(): Promise<string> {
    this.jobsUsed += 1;
    const { jobs } = (await this.api.get(`/jobs?per_page=1&page=${this.jobsUsed}`)).body;
    return String(jobs[0].id);
  }
}
