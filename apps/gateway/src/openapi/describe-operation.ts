import { ERROR_CODES, isErrorCode, type TObject } from '#contracts';
import type { LimitClass, OperationSpec } from '../http/operation.js';
import { type Components, ETAG_HEADER, STANDARD_HEADERS } from './components.js';

type Json = Record<string, unknown>;

export function describeOperation(spec: OperationSpec, components: Components): Json {
  return {
    operationId: spec.operationId,
    tags: [spec.tag],
    summary: spec.summary,
    description: description(spec),
    security: security(spec),
    ...(typeof spec.access === 'object' ? { 'x-required-role': spec.access.role } : {}),
    ...(spec.aliases !== undefined || spec.rootAliases !== undefined
      ? { 'x-aliases': [...(spec.aliases ?? []).map((path) => `/api/v1${path}`), ...(spec.rootAliases ?? [])] }
      : {}),
    parameters: parameters(spec),
    ...requestBody(spec, components),
    responses: { ...success(spec, components), ...errors(spec, components) },
  };
}

const LIMITS: Readonly<Record<LimitClass, string>> = {
  credentials: 'the limit of requests that take a credential',
  search: 'the limit of job search',
  generation: 'the limit of AI generation',
  chat: 'the limit of AI chat',
  analytics: 'the limit of analytics',
  tracking: 'the limit of tracked events',
  general: 'the general limit',
};

function description(spec: OperationSpec): string {
  const { access } = spec;
  const who =
    access === 'public'
      ? 'Needs no sign-in.'
      : access === 'optional'
        ? 'Works without signing in; signed in, the answer is about you.'
        : access === 'signed-in'
          ? 'For signed-in users.'
          : `For users with the role ${access.role}.`;
  const scope = spec.scope === undefined ? '' : ` API keys need the scope \`${spec.scope}\`.`;
  const limit = ` Counts in ${LIMITS[spec.limit ?? 'general']}.`;
  const aliases = [...(spec.aliases ?? []).map((path) => `/api/v1${path}`), ...(spec.rootAliases ?? [])];
  const also = aliases.length === 0 ? '' : `\n\nAlso at ${aliases.map((path) => `\`${path}\``).join(', ')}.`;
  return `${spec.description === undefined ? '' : `${spec.description}\n\n`}${who}${scope}${limit}${also}`;
}

function security(spec: OperationSpec): Json[] {
  if (spec.access === 'public') return [];
  const required: Json[] = [{ bearer: [] }];
  if (spec.scope !== undefined) required.push({ apiKey: [spec.scope] });
  return spec.access === 'optional' ? [{}, ...required] : required;
}

function parameters(spec: OperationSpec): Json[] {
  return [
    ...fields(spec.params, 'path'),
    ...fields(spec.query, 'query'),
    ...(spec.idempotent === true
      ? [
          headerParameter(
            'Idempotency-Key',
            'Same key and body within 24 hours: the same answer, and no second effect.',
            { type: 'string', minLength: 1, maxLength: 200 },
          ),
        ]
      : []),
    ...(spec.etag === true
      ? [headerParameter('If-None-Match', 'ETag of the answer at hand; 304 when it still holds.', { type: 'string' })]
      : []),
  ];
}

const headerParameter = (name: string, text: string, schema: Json): Json => ({
  name,
  in: 'header',
  required: false,
  description: text,
  schema,
});

function fields(schema: TObject | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const required = new Set<string>(schema.required ?? []);
  return Object.entries(schema.properties).map(([name, property]) => {
    const { description: text, ...rest }: Json = { ...property };
    const isList = rest.type === 'array';
    return {
      name,
      in: place,
      required: place === 'path' || required.has(name),
      description: typeof text === 'string' ? text : words(name, place),
      ...(isList ? { style: 'form', explode: false } : {}),
      schema: rest,
    };
  });
}

const words = (name: string, place: 'path' | 'query'): string =>
  place === 'path' ? `The ${name.replaceAll('_', ' ')}` : `Only or by ${name.replaceAll('_', ' ')}`;

const FILE: Json = { type: 'string', format: 'binary' };
const FORM_WITH_FILE: Json = { type: 'object', required: ['file'], properties: { file: FILE } };

function requestBody(spec: OperationSpec, components: Components): Json {
  if (spec.rawBody !== undefined) {
    const { mediaTypes, maxBytes } = spec.rawBody;
    const content = Object.fromEntries(
      mediaTypes.map((type) => [type, { schema: type === 'multipart/form-data' ? FORM_WITH_FILE : FILE }]),
    );
    return { requestBody: { required: true, description: `At most ${maxBytes} bytes.`, content } };
  }
  if (spec.body === undefined) return {};
  const schema = components.schema(`${pascal(spec.operationId)}Request`, spec.body);
  const example = spec.bodyExample === undefined ? {} : { example: spec.bodyExample };
  return { requestBody: { required: true, content: { 'application/json': { schema, ...example } } } };
}

const SUCCESS_TEXTS: Readonly<Record<number, string>> = {
  200: 'The answer.',
  201: 'Created.',
  202: 'Accepted; the work goes on.',
  204: 'Done; there is nothing to say.',
  302: 'The address to go on with is in `Location`.',
};

function success(spec: OperationSpec, components: Components): Json {
  const status = spec.status ?? 200;
  const headers = { ...STANDARD_HEADERS, ...(spec.etag === true ? ETAG_HEADER : {}) };
  const answer: Json = { description: SUCCESS_TEXTS[status], headers };
  if (spec.produces !== undefined) answer.content = { [spec.produces]: { schema: { type: 'string' } } };
  else if (spec.response !== undefined) {
    const schema = components.schema(`${pascal(spec.operationId)}Response`, spec.response);
    const example = spec.responseExample === undefined ? {} : { example: spec.responseExample };
    answer.content = { 'application/json': { schema, ...example } };
  }
  const other =
    spec.alternative === undefined ? {} : otherSuccess(spec.operationId, spec.alternative, components, headers);
  const unchanged = spec.etag === true ? { 304: { description: 'Still the same.', headers } } : {};
  return { [status]: answer, ...other, ...unchanged };
}

function otherSuccess(
  operationId: string,
  { status, response, example }: NonNullable<OperationSpec['alternative']>,
  components: Components,
  headers: Json,
): Json {
  const answer: Json = { description: SUCCESS_TEXTS[status], headers };
  if (response !== undefined) {
    const schema = components.schema(`${pascal(operationId)}${status}Response`, response);
    answer.content = { 'application/json': { schema, ...(example === undefined ? {} : { example }) } };
  }
  return { [status]: answer };
}

/** Every error an operation of this kind may answer, and those it declares itself. */
function errors(spec: OperationSpec, components: Components): Json {
  const codes = new Set<string>([
    'MALFORMED_REQUEST',
    'RATE_LIMITED',
    'INTERNAL_ERROR',
    'SERVICE_UNAVAILABLE',
    'GATEWAY_TIMEOUT',
  ]);
  if (spec.access !== 'public') codes.add('UNAUTHENTICATED').add('TOKEN_EXPIRED');
  if (typeof spec.access === 'object') codes.add('FORBIDDEN');
  if (spec.access !== 'public') codes.add('INSUFFICIENT_SCOPE');
  if (spec.access !== 'public' && spec.withoutFactor !== true) codes.add('SECOND_FACTOR_REQUIRED');
  if (spec.params !== undefined) codes.add('NOT_FOUND');
  codes.add('VALIDATION_ERROR');
  if (spec.body !== undefined || spec.rawBody !== undefined)
    codes.add('PAYLOAD_TOO_LARGE').add('UNSUPPORTED_MEDIA_TYPE');
  if (spec.idempotent === true) codes.add('IDEMPOTENCY_KEY_REUSED').add('IDEMPOTENCY_KEY_IN_PROGRESS');
  for (const code of spec.errors ?? []) codes.add(code);
  if (spec.feature !== undefined) codes.add('FEATURE_DISABLED');
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    if (!isErrorCode(code)) throw new Error(`${spec.operationId}: ${code} is not a public error code`);
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].sort(([a], [b]) => a - b).map(([status, list]) => [status, components.errors(status, list)]),
  );
}

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
