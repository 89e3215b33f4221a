import { readFileSync } from 'node:fs';
import { compileSchema, type SchemaProblem } from '#contracts';

type Json = Readonly<Record<string, unknown>>;

export interface ApiOperation {
  /** Upper case. */
  method: string;
  /** As in the document: `/api/v1/jobs/{id}`. */
  path: string;
  operationId: string;
  /** Places of parameters, their names and schemas; references resolved. */
  parameters: readonly { name: string; in: string; required: boolean; schema: Json }[];
  body: { schema: Json; example: unknown; mediaType: string } | undefined;
  /** By status. `schemas` are by media type; a response without content has none. */
  responses: ReadonlyMap<number, ReadonlyMap<string, Json>>;
  /** Other paths that answer the same. */
  aliases: readonly string[];
  /** An empty list: public. One empty requirement among others: optional. */
  security: readonly Json[];
  /** The role it takes beside a token. */
  role: string | undefined;
}

export interface ReceivedAnswer {
  status: number;
  contentType: string | null;
  /** Parsed for JSON; the text otherwise; undefined for an empty body. */
  body: unknown;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** The published description of the API, read the way a stranger's tool reads it: as plain JSON. */
export class ApiDocument {
  readonly operations: readonly ApiOperation[];
  private readonly byTemplate: readonly { pattern: RegExp; literal: number; operation: ApiOperation }[];

  constructor(private readonly document: Json) {
    this.operations = Object.entries(asObject(document.paths)).flatMap(([path, item]) =>
      METHODS.filter((method) => method in asObject(item)).map((method) =>
        this.operation(path, method, asObject(asObject(item)[method])),
      ),
    );
    this.byTemplate = this.operations
      .flatMap((operation) => [operation.path, ...operation.aliases].map((path) => ({ operation, path })))
      .map(({ operation, path }) => ({
        operation,
        literal: path.replace(/\{[^}]+\}/g, '').length,
        pattern: new RegExp(`^${path.replace(/\./g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
      }))
      // `/jobs/bookmarks` before `/jobs/{id}`.
      .sort((a, b) => b.literal - a.literal);
  }

  static read(file = 'docs/api/openapi.json'): ApiDocument {
    return new ApiDocument(asObject(JSON.parse(readFileSync(file, 'utf8'))));
  }

  find(method: string, path: string): ApiOperation | undefined {
    const bare = path.split('?', 1)[0] ?? '';
    return this.byTemplate.find(({ operation, pattern }) => operation.method === method && pattern.test(bare))
      ?.operation;
  }

  /** What in an answer is not as documented: an unknown status or media type, or a body its schema refuses. */
  problems(operation: ApiOperation, answer: ReceivedAnswer): string[] {
    const contents = operation.responses.get(answer.status);
    const where = `${operation.method} ${operation.path} ${answer.status}`;
    if (contents === undefined) return [`${where}: this status is not documented`];
    if (contents.size === 0) return answer.body === undefined ? [] : [`${where}: has a body, documented without one`];
    const mediaType = (answer.contentType ?? '').split(';', 1)[0]?.trim() ?? '';
    const schema = contents.get(mediaType);
    if (schema === undefined) return [`${where}: the media type '${mediaType}' is not documented`];
    if (!mediaType.endsWith('json')) return [];
    const found: SchemaProblem[] = compileSchema(schema).problems(answer.body, 'body');
    return found.map(({ field, message }) => `${where}: ${field} ${message}`);
  }

  /**
   * What in answers would let undeclared members pass: objects that are not closed, maps, and values without a type.
   * Errors may carry members of their own.
   */
  openObjects(): string[] {
    return this.operations.flatMap((operation) =>
      [...operation.responses]
        .filter(([status]) => status < 400)
        .flatMap(([status, contents]) =>
          [...contents.values()].flatMap((schema) => openIn(schema, `${operation.operationId} ${status}`)),
        ),
    );
  }

  private operation(path: string, method: string, spec: Json): ApiOperation {
    const [mediaType, content] = Object.entries(asObject(asObject(this.resolve(spec.requestBody)).content))[0] ?? [];
    return {
      method: method.toUpperCase(),
      path,
      operationId: String(spec.operationId),
      parameters: asList(spec.parameters).map((given) => {
        const parameter = this.resolve(given);
        return {
          name: String(parameter.name),
          in: String(parameter.in),
          required: parameter.required === true,
          schema: this.resolve(parameter.schema),
        };
      }),
      body:
        mediaType === undefined
          ? undefined
          : { mediaType, schema: this.resolve(asObject(content).schema), example: asObject(content).example },
      responses: new Map(
        Object.entries(asObject(spec.responses)).map(([status, response]) => [
          Number(status),
          new Map(
            Object.entries(asObject(this.resolve(response).content)).map(([type, media]) => [
              type,
              this.resolve(asObject(media).schema),
            ]),
          ),
        ]),
      ),
      aliases: asList(spec['x-aliases']).map(String),
      security: asList(spec.security).map(asObject),
      role: typeof spec['x-required-role'] === 'string' ? spec['x-required-role'] : undefined,
    };
  }

  /** Follows `#/components/…`; anything deeper in the document is written out. */
  private resolve(value: unknown): Json {
    const object = asObject(value);
    const { $ref } = object;
    if (typeof $ref !== 'string') return object;
    const target = $ref
      .split('/')
      .slice(1)
      .reduce<unknown>((node, name) => asObject(node)[name], this.document);
    if (target === undefined) throw new Error(`${$ref} leads nowhere`);
    return this.resolve(target);
  }
}

function openIn(schema: unknown, where: string): string[] {
  const node = asObject(schema);
  const { properties, additionalProperties, items } = node;
  const isClosed = properties === undefined ? node.type !== 'object' : additionalProperties === false;
  const isTyped = ['type', 'anyOf', 'oneOf', 'allOf', 'enum', 'const'].some((key) => key in node);
  return [
    ...(isClosed && isTyped ? [] : [where]),
    ...Object.entries(asObject(properties)).flatMap(([name, one]) => openIn(one, `${where}.${name}`)),
    ...(items === undefined ? [] : openIn(items, `${where}[]`)),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((key) => asList(node[key]).flatMap((one) => openIn(one, where))),
  ];
}

const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
