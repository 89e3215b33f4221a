import fc from 'fast-check';
import { compileSchema } from '#contracts';
import type { ApiDocument, ApiOperation } from '#testing';
import { isSchema, valuesOf } from './arbitrary.js';
import type { Factors } from './factors.js';
import type { Ids } from './ids.js';
import { BODY_SPOILS, HOSTILE_TEXTS, mustBe, positions, spoil } from './spoil.js';

/** After these the person cannot go on as before. */
const LEAVES: ReadonlySet<string> = new Set(['requestErasure', 'changePassword', 'changeEmail']);
/** After these a password alone opens nothing. */
const GUARDS: ReadonlySet<string> = new Set(['setUpTotp', 'enableTotp', 'renewRecoveryCodes', 'disableTotp']);
/**
 * `leaver`: somebody who asks to be erased; the next one is somebody new, so that others keep what they made. `guarded`:
 * somebody with a second factor. `rehearser` and `friend`: what takes several steps was done by them before the rest.
 * `key`: a program of the user's that may do little.
 */
export type Signed =
  'user' | 'employer' | 'admin' | 'nobody' | 'nonsense' | 'leaver' | 'guarded' | 'rehearser' | 'friend' | 'key';

export interface FuzzCase {
  operation: ApiOperation;
  /** What was done to it; `valid` for nothing. */
  kind: string;
  method: string;
  /** With query. */
  path: string;
  signed: Signed;
  headers: Record<string, string>;
  body: string | undefined;
  /** One of these is right; undefined: whatever is documented. */
  expected?: readonly number[];
  /** The schema refuses what is sent, so success would be wrong. */
  isInvalid: boolean;
}

const ALL_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Makes the requests for one operation. Nothing random but what the seed decides. */
export class Planner {
  constructor(
    private readonly document: ApiDocument,
    private readonly ids: Ids,
    private readonly factors: Factors,
    private readonly seed: number,
  ) {}

  casesOf(operation: ApiOperation, perKind: number): (() => FuzzCase)[] {
    const kinds: [kind: string, make: (at: number) => FuzzCase][] = [
      ['example', () => this.base(operation, 'example', operation.body?.example)],
      [
        'valid',
        (at) => this.base(operation, 'valid', this.draw(operation.body?.schema, at), this.query(operation, at)),
      ],
      ['no token', () => this.unsigned(operation, 'nobody')],
      ['nonsense token', () => this.unsigned(operation, 'nonsense')],
      ['problem+json', (at) => this.asProblem(operation, at)],
      ...this.rightsKinds(operation),
      ...this.paramKinds(operation),
      ...this.queryKinds(operation),
      ...this.bodyKinds(operation),
      ...this.methodKinds(operation),
    ];
    return kinds.flatMap(([kind, make]) =>
      fc
        .sample(positions, { seed: this.seed + hash(`${operation.operationId} ${kind}`), numRuns: perKind })
        .map((at) => () => make(at)),
    );
  }

  private base(operation: ApiOperation, kind: string, body: unknown, query = ''): FuzzCase {
    const isAdmins = operation.responses.has(403) && /\/admin\/|\/jobs\/(scrape|sources)|detailed/.test(operation.path);
    const value = isSchema(body) ? this.factors.fill(operation.operationId, this.ids.fill(body)) : body;
    return {
      operation,
      kind,
      method: operation.method,
      path: this.path(operation) + query,
      signed: isAdmins ? 'admin' : operation.role === 'employer' ? 'employer' : personFor(operation.operationId),
      headers: value === undefined ? {} : { 'content-type': 'application/json' },
      body: value === undefined ? undefined : JSON.stringify(value),
      isInvalid: false,
    };
  }

  private unsigned(operation: ApiOperation, signed: Signed): FuzzCase {
    const isPublic = operation.security.length === 0;
    const isOptional = operation.security.some((one) => Object.keys(one).length === 0);
    const isRefused = !isPublic && (!isOptional || signed === 'nonsense');
    const made = this.base(operation, signed, operation.body?.example);
    return { ...made, signed, expected: isRefused ? [401] : undefined };
  }

  /** Whether they are refused hangs on the roles the admin gave away before; a walk over all routes proves that. */
  private rightsKinds(operation: ApiOperation): [string, (at: number) => FuzzCase][] {
    if (operation.security.length === 0) return [];
    const by = (kind: string, signed: Signed): [string, () => FuzzCase] => [
      kind,
      () => ({ ...this.base(operation, kind, operation.body?.example), signed }),
    ];
    const { signed } = this.base(operation, 'example', undefined);
    const isForSome = signed === 'admin' || signed === 'employer';
    return [by('a key of little scope', 'key'), ...(isForSome ? [by('perhaps no such role', 'user')] : [])];
  }

  private asProblem(operation: ApiOperation, at: number): FuzzCase {
    const made = this.base(operation, 'problem+json', operation.body?.example, `?unknown_${at}=1`);
    return {
      ...made,
      headers: { ...made.headers, accept: 'application/problem+json' },
      expected: [422],
      isInvalid: true,
    };
  }

  private paramKinds(operation: ApiOperation): [string, (at: number) => FuzzCase][] {
    if (!operation.path.includes('{')) return [];
    const wrong = [
      'x',
      '0',
      '00000000-0000-0000-0000-00000000000z',
      '%F0%9F%92%A9',
      'a%2Fb',
      '..%2f..',
      `${'9'.repeat(400)}`,
    ];
    const body = operation.body?.example;
    return [
      [
        'wrong path',
        (at) => ({ ...this.base(operation, 'wrong path', body), path: this.path(operation, wrong[at % wrong.length]) }),
      ],
      [
        'unknown id',
        () => ({ ...this.base(operation, 'unknown id', body), path: this.path(operation, crypto.randomUUID()) }),
      ],
      [
        'NUL in the path',
        () => ({
          ...this.base(operation, 'NUL in the path', body),
          path: this.path(operation, 'a%00b'),
          isInvalid: true,
        }),
      ],
    ];
  }

  private queryKinds(operation: ApiOperation): [string, (at: number) => FuzzCase][] {
    const names = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    const made = (kind: string, query: string): FuzzCase => this.base(operation, kind, operation.body?.example, query);
    const nameAt = (at: number): string => names[at % Math.max(1, names.length)] ?? 'page';
    const hostile = (at: number): string => {
      const text = HOSTILE_TEXTS[at % HOSTILE_TEXTS.length] ?? '';
      return encodeURIComponent(/\p{Surrogate}/u.test(text) ? 'half' : text);
    };
    return [
      [
        'unknown parameter',
        (at) => ({ ...made('unknown parameter', `?role=admin&x${at}=1`), expected: [422], isInvalid: true }),
      ],
      ...(names.length === 0
        ? []
        : ([
            ['hostile parameter', (at) => made('hostile parameter', `?${nameAt(at)}=${hostile(at)}`)],
            ['repeated parameter', (at) => made('repeated parameter', `?${nameAt(at)}=1&${nameAt(at)}=2`)],
            ['huge parameter', (at) => made('huge parameter', `?${nameAt(at)}=${'9'.repeat(5_000)}`)],
            ['broken escape', (at) => made('broken escape', `?${nameAt(at)}=%E0%A4%A`)],
          ] satisfies [string, (at: number) => FuzzCase][])),
    ];
  }

  private bodyKinds(operation: ApiOperation): [string, (at: number) => FuzzCase][] {
    const { body } = operation;
    if (body === undefined) {
      // `fetch` sends none with GET; the gateway's own specs do, over a bare socket.
      if (operation.method === 'GET') return [];
      const kind = 'a body where none belongs';
      return [[kind, () => ({ ...this.base(operation, kind, { role: 'admin' }), expected: [422], isInvalid: true })]];
    }
    if (body.mediaType !== 'application/json') {
      const kind = 'JSON for a file';
      return [[kind, () => ({ ...this.base(operation, kind, { file: 'x' }), expected: [415], isInvalid: true })]];
    }
    const schema = compileSchema(body.schema);
    return BODY_SPOILS.map((kind) => [
      kind,
      (at) => {
        const valid = at % 2 === 0 ? body.example : this.draw(body.schema, at);
        const filled = isSchema(valid) ? this.ids.fill(valid) : valid;
        const { text, contentType, value } = spoil(kind, filled, at);
        return {
          ...this.base(operation, kind, undefined),
          headers: typeHeader(contentType),
          body: text,
          expected: mustBe(kind),
          isInvalid: mustBe(kind) !== undefined || (value !== undefined && !schema.check(value)),
        };
      },
    ]);
  }

  private methodKinds(operation: ApiOperation): [string, (at: number) => FuzzCase][] {
    const path = this.path(operation);
    const others = ALL_METHODS.filter((method) => this.document.find(method, path) === undefined);
    if (others.length === 0) return [];
    return [
      [
        'undocumented method',
        (at) => ({
          ...this.base(operation, 'undocumented method', undefined),
          method: others[at % others.length] ?? 'PATCH',
          expected: [405],
          isInvalid: true,
        }),
      ],
    ];
  }

  private path(operation: ApiOperation, param?: string): string {
    return operation.path.replace(
      /\{(\w+)\}/g,
      (_, name: string) => param ?? encodeURIComponent(this.ids.forParameter(operation.path, name, operation.role)),
    );
  }

  private query(operation: ApiOperation, at: number): string {
    const chosen = operation.parameters
      .filter((one) => one.in === 'query')
      .filter((_, index) => (at >> (index % 12)) % 4 === 0)
      .map(({ name, schema }) => [name, this.draw(schema, at)] as const);
    const query = new URLSearchParams(
      chosen.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
    );
    return query.size === 0 ? '' : `?${query.toString()}`;
  }

  private draw(schema: unknown, at: number): unknown {
    if (schema === undefined) return undefined;
    return fc.sample(valuesOf(schema, this.ids), { seed: this.seed + at, numRuns: 1 })[0];
  }
}

const personFor = (operationId: string): Signed =>
  LEAVES.has(operationId) ? 'leaver' : GUARDS.has(operationId) ? 'guarded' : 'user';

const typeHeader = (contentType: string | undefined): Record<string, string> =>
  contentType === undefined ? {} : { 'content-type': contentType };

function hash(text: string): number {
  let value = 0;
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) | 0;
  return value;
}
