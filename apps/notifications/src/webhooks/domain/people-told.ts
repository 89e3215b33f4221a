/** The people an event is told to: the ids in those members of its data, each once. */
export function peopleToldOf(data: unknown, members: readonly string[]): string[] {
  if (typeof data !== 'object' || data === null) return [];
  const ids = members
    .map((member): unknown => Reflect.get(data, member))
    .filter((id): id is string => typeof id === 'string');
  return [...new Set(ids)];
}
