import { Closed, StringEnum, type TSchema, Type, ERROR_CODES } from '#contracts';

type Json = Record<string, unknown>;

const Problems = Type.Array(
  Closed({
    field: Type.String({ description: 'Path of the field in the request, e.g. `links.0.url`' }),
    message: Type.String({ description: 'What would be right, with the bound' }),
  }),
);
const code = StringEnum(Object.keys(ERROR_CODES), { description: 'Explained at /docs/errors' });

const ErrorBody = Type.Object(
  {
    error: Type.Object(
      {
        code,
        message: Type.String(),
        details: Problems,
        request_id: Type.String({ description: 'Also in the header X-Request-Id' }),
      },
      { description: 'Some codes add members of their own, e.g. `legal_transitions`' },
    ),
  },
  { description: 'The one shape of every error' },
);
const ProblemBody = Type.Object(
  {
    type: Type.String({ format: 'uri-reference' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String(),
    code,
    errors: Problems,
    request_id: Type.String(),
  },
  { description: 'RFC 9457; sent when `Accept` asks for application/problem+json' },
);

const header = (description: string, schema: Json): Json => ({ description, schema });
const integer = { type: 'integer', minimum: 0 };

const HEADERS: Record<string, Json> = {
  XRequestId: header('The one the client sent, or a new one', { type: 'string' }),
  XRateLimitLimit: header('Requests the tightest window of this route allows', integer),
  XRateLimitRemaining: header('How many of them are left', integer),
  XRateLimitReset: header('When there is room again, in seconds since 1970', integer),
  RetryAfter: header('Seconds to wait before repeating', integer),
  ETag: header('Version of the answer; send it back as If-None-Match', { type: 'string' }),
  Allow: header('Methods the path takes', { type: 'string' }),
  WwwAuthenticate: header('How to sign in', { type: 'string' }),
};

const refHeaders = (names: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(names).map(([name, component]) => [name, { $ref: `#/components/headers/${component}` }]),
  );

export const STANDARD_HEADERS = refHeaders({
  'X-Request-Id': 'XRequestId',
  'X-RateLimit-Limit': 'XRateLimitLimit',
  'X-RateLimit-Remaining': 'XRateLimitRemaining',
  'X-RateLimit-Reset': 'XRateLimitReset',
});
export const ETAG_HEADER = refHeaders({ ETag: 'ETag' });

const EXTRA_HEADERS: Readonly<Record<number, Json>> = {
  401: refHeaders({ 'WWW-Authenticate': 'WwwAuthenticate' }),
  405: refHeaders({ Allow: 'Allow' }),
  429: refHeaders({ 'Retry-After': 'RetryAfter' }),
  502: refHeaders({ 'Retry-After': 'RetryAfter' }),
  503: refHeaders({ 'Retry-After': 'RetryAfter' }),
  504: refHeaders({ 'Retry-After': 'RetryAfter' }),
};

/** What several operations share. Equal shapes are written once, under the name of the first operation that has them. */
export class Components {
  private readonly schemas = new Map<string, unknown>([
    ['Error', ErrorBody],
    ['Problem', ProblemBody],
  ]);
  private readonly nameOf = new Map<string, string>();
  private readonly responses = new Map<string, unknown>();

  schema(name: string, schema: TSchema): Json {
    const text = JSON.stringify(schema);
    const known = this.nameOf.get(text);
    if (known !== undefined) return { $ref: `#/components/schemas/${known}` };
    if (this.schemas.has(name)) throw new Error(`two schemas would be called ${name}`);
    this.schemas.set(name, schema);
    this.nameOf.set(text, name);
    return { $ref: `#/components/schemas/${name}` };
  }

  /** The answers an operation may give with one error status. */
  errors(status: number, codes: readonly string[]): Json {
    const name = `Error${status}${codes.map((each) => `_${each}`).join('')}`;
    if (!this.responses.has(name)) this.responses.set(name, errorResponse(status, codes));
    return { $ref: `#/components/responses/${name}` };
  }

  toJson(): Json {
    return {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Access token of POST /api/v1/auth/login',
        },
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'cck_…',
          description: 'A key of POST /api/v1/api-keys, sent like a token; it may call what its scopes name',
        },
      },
      headers: HEADERS,
      responses: sorted(this.responses),
      schemas: sorted(this.schemas),
    };
  }
}

function errorResponse(status: number, codes: readonly string[]): Json {
  const causes = codes.map((each) => {
    const entry = Object.entries(ERROR_CODES).find(([name]) => name === each)?.[1];
    return { code: each, cause: entry?.cause ?? '', fix: entry?.fix ?? '' };
  });
  const [first] = causes;
  const example = {
    error: {
      code: first?.code,
      message: first?.cause,
      details: [],
      request_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9d11',
    },
  };
  return {
    description: causes.map((each) => `\`${each.code}\`: ${each.cause} ${each.fix}`).join('\n\n'),
    headers: { ...STANDARD_HEADERS, ...EXTRA_HEADERS[status] },
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/Error' }, example },
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    },
  };
}

const sorted = (map: ReadonlyMap<string, unknown>): Json =>
  Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
