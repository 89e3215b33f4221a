import { createHash } from 'node:crypto';

/** What an audit row says, without its place in the chain. */
export interface AuditFacts {
  id: string;
  userId: string | null;
  actorId: string | null;
  action: string;
  address: string | null;
  userAgent: string | null;
  detail: Record<string, unknown>;
  occurredAt: Date;
}

/** The exact bytes a row's hash covers. Keys are sorted, since jsonb keeps no order. */
export const canonical = (facts: AuditFacts): string =>
  JSON.stringify([
    facts.id,
    facts.userId,
    facts.actorId,
    facts.action,
    facts.address,
    facts.userAgent,
    sorted(facts.detail),
    facts.occurredAt.toISOString(),
  ]);

export interface ChainLink extends AuditFacts {
  sequence: number;
  hash: Buffer;
}

/**
 * Place of the first link that is missing or was changed, counted from 1; undefined when the chain is whole. Rows cut
 * off at the end are not seen here: keep the last hash elsewhere to notice that.
 */
export function firstBrokenLink(links: readonly ChainLink[]): number | undefined {
  let previous: Buffer = Buffer.alloc(0);
  for (const [index, link] of links.entries()) {
    const expected = createHash('sha256').update(previous).update(canonical(link), 'utf8').digest();
    if (link.sequence !== index + 1 || !expected.equals(link.hash)) return index + 1;
    previous = link.hash;
  }
  return undefined;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
