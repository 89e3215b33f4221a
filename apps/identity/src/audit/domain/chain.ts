import { createHash, createHmac } from 'node:crypto';

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

/** The exact bytes a row's digest covers. Keys are sorted, since jsonb keeps no order. */
const canonical = (facts: AuditFacts): string =>
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

/** The hash of a row is SHA-256 over the hash before it and this, which nobody makes without the key. */
export const keyedDigest = (key: Buffer, facts: AuditFacts): Buffer =>
  createHmac('sha256', key).update(canonical(facts), 'utf8').digest();

export interface ChainLink extends AuditFacts {
  sequence: number;
  hash: Buffer;
  /** 1: written before there was a key, and hashed without one. */
  version: number;
}

/** A place in a chain: the last row that is settled, or where the chain begins. */
export interface ChainPlace {
  sequence: number;
  hash: Buffer;
}
export const CHAIN_BEGIN: ChainPlace = { sequence: 0, hash: Buffer.alloc(0) };

export interface ChainExpectations {
  /** The row before the first of the links. */
  begin: ChainPlace;
  /** The last row the seal vouches for. */
  sealed?: ChainPlace;
  /** Rows without a key are believed up to here. */
  unkeyedThrough: number;
  /** The links go to the end of the chain. */
  isEnd: boolean;
}

export type ChainFinding =
  | { problem: 'changed' | 'added'; sequence: number; id: string }
  | { problem: 'missing'; sequence: number; through: number };

/**
 * What is wrong with rows of one chain, each by its place. `added` is a row the service did not write: no row after it
 * leads through it (at the end of a chain, beyond the seal, it may also be one that was changed).
 */
export function examineChain(key: Buffer, links: readonly ChainLink[], expected: ChainExpectations): ChainFinding[] {
  const { begin, sealed, unkeyedThrough, isEnd } = expected;
  const follows = (previous: Buffer, link: ChainLink): boolean =>
    (link.version !== 1 || link.sequence <= unkeyedThrough) && hashAfter(key, previous, link).equals(link.hash);
  const findings: ChainFinding[] = [];
  let previous = begin;
  for (const [index, link] of links.entries()) {
    const { sequence, hash, id } = link;
    const next = links[index + 1];
    const isGap = sequence !== previous.sequence + 1;
    if (isGap) findings.push({ problem: 'missing', sequence: previous.sequence + 1, through: sequence - 1 });
    if (!isGap && !follows(previous.hash, link)) {
      const isPassedBy = next !== undefined && follows(previous.hash, next);
      const isLast = next === undefined && isEnd && sequence > (sealed?.sequence ?? 0);
      findings.push({ problem: isPassedBy || isLast ? 'added' : 'changed', sequence, id });
      if (isPassedBy) {
        previous = { sequence, hash: previous.hash };
        continue;
      }
    }
    // A chain that was written anew from some place on holds together, but not with the seal.
    if (sealed?.sequence === sequence && !sealed.hash.equals(hash) && findings.length === 0) {
      findings.push({ problem: 'changed', sequence, id });
    }
    previous = { sequence, hash };
  }
  if (isEnd && sealed !== undefined && previous.sequence < sealed.sequence) {
    findings.push({ problem: 'missing', sequence: previous.sequence + 1, through: sealed.sequence });
  }
  return findings;
}

function hashAfter(key: Buffer, previous: Buffer, link: ChainLink): Buffer {
  const digest = link.version === 1 ? Buffer.from(canonical(link), 'utf8') : keyedDigest(key, link);
  return createHash('sha256').update(previous).update(digest).digest();
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
