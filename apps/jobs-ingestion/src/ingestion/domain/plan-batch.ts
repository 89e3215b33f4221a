import { compareProfiles, type DedupDecision, type DedupLayer } from '../../dedup/domain/compare.js';
import type { DedupProfile } from '../../dedup/domain/profile.js';
import type { EnrichedPosting } from '../../normalise/domain/posting.js';

export interface IncomingPosting {
  posting: EnrichedPosting;
  contentHash: string;
}
export interface KnownSighting {
  source: string;
  sourceId: string;
  postingId: string;
  contentHash: string;
  /** Whether it is this sighting the posting's text came from. */
  isFirst: boolean;
  lastRunId: string | null;
}
/** A stored posting that shares a key with one of the batch. */
export interface Candidate {
  id: string;
  fingerprint: string;
  blocks: readonly string[];
  canonicalUrls: readonly string[];
  /** Taken apart when it is first compared; most are never. */
  profile: () => DedupProfile;
}

export interface BatchPlan {
  /** Seen before, same content. */
  unchanged: { sighting: KnownSighting; incoming: IncomingPosting }[];
  /** Seen before, other content. Only the first sighting of a posting changes the posting. */
  changed: { sighting: KnownSighting; incoming: IncomingPosting }[];
  duplicates: { incoming: IncomingPosting; postingId: string; layer: DedupLayer; decision: DedupDecision }[];
  created: { incoming: IncomingPosting; id: string }[];
  /** The same item of the same source twice on one page. */
  repeated: IncomingPosting[];
}

export const sightingKey = (source: string, sourceId: string): string => `${source}\n${sourceId}`;

/**
 * Decides about a batch without touching anything: for each posting, in order, whether its source showed it before,
 * whether it is an opening we have (compared with those that share an address, a fingerprint or a block), or new.
 * What is new takes part in the comparison for the rest of the batch.
 */
export function planBatch(
  incoming: readonly IncomingPosting[],
  known: readonly KnownSighting[],
  candidates: readonly Candidate[],
  newId: () => string,
): BatchPlan {
  const plan: BatchPlan = { unchanged: [], changed: [], duplicates: [], created: [], repeated: [] };
  const sightings = new Map(known.map((sighting) => [sightingKey(sighting.source, sighting.sourceId), sighting]));
  const index = new CandidateIndex();
  for (const candidate of candidates) index.add(candidate);
  const done = new Set<string>();
  for (const item of incoming) {
    const key = sightingKey(item.posting.source, item.posting.sourceId);
    if (done.has(key)) {
      plan.repeated.push(item);
      continue;
    }
    done.add(key);
    const sighting = sightings.get(key);
    if (sighting !== undefined) {
      const list = sighting.contentHash === item.contentHash ? plan.unchanged : plan.changed;
      list.push({ sighting, incoming: item });
      continue;
    }
    const match = index.match(item.posting);
    if (match !== null) {
      plan.duplicates.push({ incoming: item, ...match });
      continue;
    }
    const id = newId();
    plan.created.push({ incoming: item, id });
    index.add({
      id,
      fingerprint: item.posting.fingerprint,
      blocks: item.posting.blockingKeys,
      canonicalUrls: item.posting.dedup.facts.canonicalUrls,
      profile: () => item.posting.dedup,
    });
  }
  return plan;
}

class CandidateIndex {
  private readonly byKey = new Map<string, Candidate[]>();

  add(candidate: Candidate): void {
    for (const key of keysOf(candidate.canonicalUrls, candidate.fingerprint, candidate.blocks)) {
      push(this.byKey, key, candidate);
    }
  }

  /** The most alike of those that are the same opening. */
  match(posting: EnrichedPosting): { postingId: string; layer: DedupLayer; decision: DedupDecision } | null {
    const profile = posting.dedup;
    const keys = keysOf(profile.facts.canonicalUrls, posting.fingerprint, posting.blockingKeys);
    const candidates = new Set(keys.flatMap((key) => this.byKey.get(key) ?? []));
    let best: { postingId: string; layer: DedupLayer; decision: DedupDecision } | null = null;
    for (const candidate of candidates) {
      const decision = compareProfiles(profile, candidate.profile());
      if (decision.verdict !== 'duplicate' || decision.layer === null) continue;
      if (best === null || decision.score > best.decision.score) {
        best = { postingId: candidate.id, layer: decision.layer, decision };
      }
    }
    return best;
  }
}

const keysOf = (urls: readonly string[], fingerprint: string, blocks: readonly string[]): string[] => [
  ...urls.map((url) => `u:${url}`),
  `f:${fingerprint}`,
  ...blocks.map((block) => `b:${block}`),
];

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
