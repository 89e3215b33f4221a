import { Closed, defineRpc, Type } from '#contracts';

/** A contract like any other; nobody but the benchmark serves it. */
export const echo = defineRpc('analytics', 'bench.echo', {
  request: Closed({}),
  response: Closed({ providers: Type.Array(Type.Unknown()) }),
});
