import type { ApiOperation } from '#testing';
import type { ApiClient } from './api-client.js';

type Json = ReturnType<typeof JSON.parse>;

const PARAMETER = /\{[^}]+\}/g;

/**
 * One of everything a person can own, made through the API from the examples of its document: a new route with an id
 * in its path joins by itself, or the walk says that it could not.
 */
export class Belongings {
  /** By the path up to a parameter and with it: `/api/v1/goals/{id}`. */
  readonly ids = new Map<string, string>();

  constructor(
    private readonly api: ApiClient,
    private readonly token: string,
    /** What stands for the ids in examples, by member name. */
    private readonly real: Readonly<Record<string, string>>,
  ) {}

  async collect(operations: readonly ApiOperation[]): Promise<void> {
    const own = operations.filter(({ role, security }) => role === undefined && security.length > 0);
    // Parents before children, making before listing.
    const byDepth = own.toSorted((a, b) => a.path.split('/').length - b.path.split('/').length);
    for (const operation of byDepth.filter(({ method }) => method === 'POST')) await this.make(operation);
    for (const operation of byDepth.filter(({ method }) => method === 'GET')) await this.find(operation);
  }

  /** The path with its parameters filled in; undefined where one is not known. */
  pathOf(template: string): string | undefined {
    const ids = this.idsOf(template);
    return ids.includes(undefined) ? undefined : filled(template, ids);
  }

  /** By the order of the parameters. */
  idsOf(template: string): (string | undefined)[] {
    return [...template.matchAll(PARAMETER)].map(({ 0: name, index }) =>
      this.ids.get(template.slice(0, index + name.length)),
    );
  }

  private bodyOf({ body }: ApiOperation): unknown {
    return body === undefined ? undefined : this.withRealIds(body.example);
  }

  private async make(operation: ApiOperation): Promise<void> {
    const path = this.pathOf(operation.path);
    if (path === undefined || !operation.responses.has(201)) return;
    const answer = await this.api.send('POST', below(path), { token: this.token, body: this.bodyOf(operation) });
    if (answer.status === 201) this.learn(operation.path, firstId(answer.body));
  }

  private async find(operation: ApiOperation): Promise<void> {
    const path = this.pathOf(operation.path);
    if (path === undefined || this.hasChild(operation.path)) return;
    const answer = await this.api.get(below(path), { token: this.token });
    const list = Object.values(answer.body ?? {}).find(Array.isArray);
    if (answer.status === 200 && list !== undefined) this.learn(operation.path, firstId(list[0]));
  }

  /** Whatever the parameter under this collection is called. */
  private learn(collection: string, id: string | undefined): void {
    if (id === undefined) return;
    for (const { path } of this.api.document.operations) {
      const rest = path.startsWith(`${collection}/`) ? path.slice(collection.length + 1) : '';
      const parameter = /^\{[^}]+\}/.exec(rest)?.[0];
      if (parameter !== undefined) this.ids.set(`${collection}/${parameter}`, id);
    }
  }

  private hasChild(collection: string): boolean {
    return [...this.ids.keys()].some((key) => key.startsWith(`${collection}/{`));
  }

  withRealIds(example: unknown): unknown {
    if (Array.isArray(example)) return example.map((one) => this.withRealIds(one));
    if (typeof example !== 'object' || example === null) return example;
    return Object.fromEntries(
      Object.entries(example).map(([name, value]) => [name, this.real[name] ?? this.withRealIds(value)]),
    );
  }
}

/** Paths that mean the same have the same parameters in the same order. */
export function filled(template: string, ids: readonly (string | undefined)[]): string {
  const rest = [...ids];
  return template.replaceAll(PARAMETER, (name) => rest.shift() ?? name);
}

const below = (path: string): string => path.replace(/^\/api\/v1/, '');

/** `{id}`, or that of the thing inside `{entry: {id}, …}`. */
function firstId(body: Json): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  if (typeof body.id === 'string') return body.id;
  for (const value of Object.values<Json>(body)) if (typeof value?.id === 'string') return value.id;
  return undefined;
}
