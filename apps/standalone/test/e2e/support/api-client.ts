import type { ApiDocument, ApiOperation } from '#testing';

export interface ApiRequest {
  token?: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  /** The bytes as they came, for comparisons. */
  text: string;
  // Tests look into whatever came; its shape was checked against the document.
  body: ReturnType<typeof JSON.parse>;
}

/** Calls the API as a client does and holds every answer against the published document. */
export class ApiClient {
  /** `operationId status`, and how often it was answered. */
  readonly seen = new Map<string, number>();
  /** Bodies of what was refused, as they came. */
  readonly refused: string[] = [];

  constructor(
    readonly url: string,
    readonly document: ApiDocument,
  ) {}

  get = (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => this.send('GET', path, request);
  post = (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => this.send('POST', path, request);
  put = (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => this.send('PUT', path, request);
  delete = (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => this.send('DELETE', path, request);

  /** `path` is below /api/v1. */
  async send(method: string, path: string, { token, body, headers }: ApiRequest): Promise<ApiAnswer> {
    const full = `/api/v1${path}`;
    const response = await fetch(`${this.url}${full}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    if (response.status >= 400) this.refused.push(text);
    const parsed: ReturnType<typeof JSON.parse> = text === '' ? undefined : isJson ? JSON.parse(text) : text;
    this.check(method, full, { status: response.status, headers: response.headers, text, body: parsed });
    return { status: response.status, headers: response.headers, text, body: parsed };
  }

  private check(method: string, path: string, { status, headers, body }: ApiAnswer): void {
    const operation: ApiOperation | undefined = this.document.find(method, path);
    if (operation === undefined) throw new Error(`${method} ${path} is not in the document`);
    const key = `${operation.operationId} ${status}`;
    this.seen.set(key, (this.seen.get(key) ?? 0) + 1);
    const problems = this.document.problems(operation, { status, contentType: headers.get('content-type'), body });
    if (headers.get('x-request-id') === null) problems.push(`${method} ${path}: no X-Request-Id`);
    if (problems.length > 0) throw new Error(`not as documented:\n${problems.join('\n')}\n${JSON.stringify(body)}`);
  }
}
