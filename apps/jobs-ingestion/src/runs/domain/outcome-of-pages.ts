/** What a page said about its source; the same words as the source port's. */
export type PageFinding =
  | { kind: 'ok' }
  | { kind: 'unchanged' }
  | { kind: 'blocked'; reason: string; until?: Date }
  | { kind: 'failed'; reason: string };

export interface FoundOutcome {
  outcome: 'ok' | 'unchanged' | 'blocked' | 'failed';
  error: string | null;
  blockedUntil: Date | null;
}

/**
 * What a source's pages come to. Blocked and empty are different: a source that answered nothing but refusals did not
 * say that there are no jobs. When some pages came through, their outcome stands and the trouble is kept as its error.
 */
export function outcomeOfPages(pages: readonly PageFinding[]): FoundOutcome {
  const troubles = pages.filter((page) => page.kind === 'blocked' || page.kind === 'failed');
  const [first] = troubles;
  const until = troubles.flatMap((page) => (page.kind === 'blocked' && page.until !== undefined ? [page.until] : []));
  const blockedUntil = until.sort((a, b) => b.getTime() - a.getTime())[0] ?? null;
  const others = troubles.length > 1 ? ` (and ${troubles.length - 1} more)` : '';
  const error = first === undefined ? null : `${first.reason}${others}`.slice(0, 500);
  if (pages.some((page) => page.kind === 'ok')) return { outcome: 'ok', error, blockedUntil };
  if (first !== undefined) {
    const outcome = troubles.some((page) => page.kind === 'blocked') ? 'blocked' : 'failed';
    return { outcome, error, blockedUntil };
  }
  return { outcome: pages.length > 0 ? 'unchanged' : 'ok', error: null, blockedUntil: null };
}
