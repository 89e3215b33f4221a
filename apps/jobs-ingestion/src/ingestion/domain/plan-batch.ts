import type { EnrichedPosting } from '../../normalise/domain/posting.js';

/** What two postings are compared by. A stored posting can be read back to it. */
export type Comparable = Pick<
  EnrichedPosting,
  | 'title'
  | 'titleKey'
  | 'company'
  | 'companyKey'
  | 'locationText'
  | 'places'
  | 'city'
  | 'country'
  | 'remote'
  | 'level'
  | 'employmentType'
  | 'language'
  | 'canonicalUrl'
  | 'requisitionId'
  | 'fingerprint'
  | 'descriptionText'
>;

export type DuplicateLayer = 'url' | 'fingerprint' | 'near';
export interface Judgement {
  isSame: boolean;
  score: number;
  evidence: Record<string, unknown>;
}
/** Whether two postings that share a key of `layer` are one opening. */
export type Judge = (layer: DuplicateLayer, incoming: Comparable, known: Comparable) => Judgement;

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
export interface Candidate {
  id: string;
  comparable: Comparable;
  blocks: readonly string[];
}

export interface BatchPlan {
  /** Seen before, same content. */
  unchanged: { sighting: KnownSighting; incoming: IncomingPosting }[];
  /** Seen before, other content. Only the first sighting of a posting changes the posting. */
  changed: { sighting: KnownSighting; incoming: IncomingPosting }[];
  duplicates: { incoming: IncomingPosting; postingId: string; layer: DuplicateLayer; judgement: Judgement }[];
  created: { incoming: IncomingPosting; id: string }[];
  /** The same item of the same source twice on one page. */
  repeated: IncomingPosting[];
}

export const sightingKey = (source: string, sourceId: string): string => `${source}\n${sourceId}`;

/**
 * Decides about a batch without touching anything: for each posting, in order, whether its source showed it before,
 * whether it is an opening we have (by address, by fingerprint, then by comparing those that share a block), or new.
 * What is new takes part in the comparison for the rest of the batch.
 */
export function planBatch(
  incoming: readonly IncomingPosting[],
  known: readonly KnownSighting[],
  candidates: readonly Candidate[],
  judge: Judge,
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
    const match = index.match(item.posting, judge);
    if (match !== null) {
      plan.duplicates.push({ incoming: item, ...match });
      continue;
    }
    const id = newId();
    plan.created.push({ incoming: item, id });
    index.add({ id, comparable: item.posting, blocks: item.posting.blockingKeys });
  }
  return plan;
}

class CandidateIndex {
  private readonly byUrl = new Map<string, Candidate[]>();
  private readonly byFingerprint = new Map<string, Candidate[]>();
  private readonly byBlock = new Map<string, Candidate[]>();

  add(candidate: Candidate): void {
    if (candidate.comparable.canonicalUrl !== null) push(this.byUrl, candidate.comparable.canonicalUrl, candidate);
    push(this.byFingerprint, candidate.comparable.fingerprint, candidate);
    for (const block of candidate.blocks) push(this.byBlock, block, candidate);
  }

  match(
    posting: EnrichedPosting,
    judge: Judge,
  ): { postingId: string; layer: DuplicateLayer; judgement: Judgement } | null {
    const layers: readonly [DuplicateLayer, readonly Candidate[]][] = [
      ['url', posting.canonicalUrl === null ? [] : (this.byUrl.get(posting.canonicalUrl) ?? [])],
      ['fingerprint', this.byFingerprint.get(posting.fingerprint) ?? []],
      ['near', [...new Set(posting.blockingKeys.flatMap((block) => this.byBlock.get(block) ?? []))]],
    ];
    for (const [layer, candidates] of layers) {
      const best = candidates
        .map((candidate) => ({ postingId: candidate.id, judgement: judge(layer, posting, candidate.comparable) }))
        .filter(({ judgement }) => judgement.isSame)
        .sort((a, b) => b.judgement.score - a.judgement.score)[0];
      if (best !== undefined) return { ...best, layer };
    }
    return null;
  }
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
