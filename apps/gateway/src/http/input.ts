import type { FastifyRequest } from 'fastify';
import {
  coerceQuery,
  type CompiledSchema,
  compileSchema,
  Empty,
  type RawQuery,
  type TObject,
  type TSchema,
} from '#contracts';
import { type FieldProblem, invalid } from '#kernel';
import { mediaTypeOf } from './media-type.js';
import type { OperationInput, OperationSpec } from './operation.js';

/** Turns a request into the validated input of one operation; the only place where a request is validated. */
export class InputReader<S extends OperationSpec> {
  private readonly params: CompiledSchema;
  private readonly query: CompiledSchema;
  private readonly body: CompiledSchema | undefined;
  private readonly querySchema: TObject;

  constructor(private readonly spec: S) {
    this.querySchema = spec.query ?? Empty;
    this.params = compileSchema(spec.params ?? Empty);
    this.query = compileSchema(this.querySchema);
    this.body = spec.rawBody === undefined ? compileSchema<TSchema>(spec.body ?? Empty) : undefined;
  }

  read(request: FastifyRequest): OperationInput<S> {
    const url = request.raw.url ?? '';
    // PostgreSQL stores no NUL, and no field of ours has one.
    if (url.includes('%00')) throw invalid([{ field: 'url', message: 'must not contain NUL (%00)' }]);
    const { spec } = this;
    // Nothing sent is an empty object; the JSON `null` is not.
    const sent = this.body === undefined || request.body !== undefined ? request.body : {};
    const input = {
      params: spec.params === undefined ? {} : request.params,
      query: this.readQuery(request.query),
      body: spec.body === undefined ? undefined : sent,
      raw: spec.rawBody === undefined ? undefined : rawBody(request),
    };
    if (!this.accepts(input, sent)) throw invalid(this.problems(input, sent));
    return input;
  }

  private readQuery(raw: unknown): unknown {
    if (!isRawQuery(raw)) return {};
    return coerceQuery(this.querySchema, raw);
  }

  /** An operation without a declared body accepts none, or an empty object. */
  private accepts(input: Parts, sent: unknown): input is OperationInput<S> {
    return (
      this.params.check(input.params) &&
      this.query.check(input.query) &&
      (this.body === undefined || this.body.check(sent))
    );
  }

  private problems(input: Parts, sent: unknown): FieldProblem[] {
    return [
      ...this.params.problems(input.params, 'path'),
      ...this.query.problems(input.query, 'query'),
      ...(this.body?.problems(sent, 'body') ?? []),
    ];
  }
}

interface Parts {
  params: unknown;
  query: unknown;
}

const isRawQuery = (query: unknown): query is RawQuery => typeof query === 'object' && query !== null;

function rawBody(request: FastifyRequest): {
  bytes: Uint8Array;
  mediaType: string;
  headers: FastifyRequest['headers'];
} {
  const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  return { bytes, mediaType: mediaTypeOf(request.headers['content-type']) ?? '', headers: request.headers };
}
