/** Keeps the order and at most `most` of each group: a list of one employer's postings helps nobody. */
export function diversify<T>(items: readonly T[], groupOf: (item: T) => string, most: number): T[] {
  const taken = new Map<string, number>();
  return items.filter((item) => {
    const group = groupOf(item);
    const count = (taken.get(group) ?? 0) + 1;
    taken.set(group, count);
    return count <= most;
  });
}
