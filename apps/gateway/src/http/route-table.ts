import type { OperationSpec } from './operation.js';

interface Entry {
  segments: readonly string[];
  method: string;
}

/**
 * Every route of the process, to tell "no such path" from "not with this method". Only asked once the router found
 * nothing, so it may be simple.
 */
export class RouteTable {
  private readonly byLength = new Map<number, Entry[]>();

  add(method: string, url: string): void {
    const segments = url.split('/').slice(1);
    const entries = this.byLength.get(segments.length) ?? [];
    entries.push({ segments, method });
    this.byLength.set(segments.length, entries);
  }

  /** `GET /api/v1/jobs/:id`, sorted. */
  all(): string[] {
    const entries = [...this.byLength.values()].flat();
    return entries.map(({ method, segments }) => `${method} /${segments.join('/')}`).sort();
  }

  /** Methods that some route takes at this path, sorted; empty for a path nobody knows. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    const segments = path.split('/').slice(1);
    const methods = new Set<string>();
    for (const entry of this.byLength.get(segments.length) ?? []) {
      if (entry.segments.every((segment, index) => matches(segment, segments[index] ?? ''))) methods.add(entry.method);
    }
    if (methods.size > 0) methods.add('OPTIONS');
    return [...methods].sort();
  }
}

/** `:id` matches any segment, `:id.ics` one with that ending. */
function matches(pattern: string, segment: string): boolean {
  const parameter = /^:\w+(.*)$/.exec(pattern);
  if (parameter === null) return pattern === segment;
  const ending = parameter[1] ?? '';
  return segment.length > ending.length && segment.endsWith(ending);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: OperationSpec;
    /** Serves a file or page of the gateway itself (documentation); public. */
    asset?: boolean;
  }
}
