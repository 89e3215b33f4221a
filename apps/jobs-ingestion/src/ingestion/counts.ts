import { SourceCounts, type Static } from '#contracts';

export type Counts = Static<typeof SourceCounts>;
export const COUNT_NAMES = Object.keys(SourceCounts.properties) as (keyof Counts)[];

export const noCounts = (): Counts => ({
  fetched: 0,
  created: 0,
  changed: 0,
  duplicate_url: 0,
  duplicate_fingerprint: 0,
  duplicate_near: 0,
  unchanged: 0,
  rejected: 0,
  with_visa_evidence: 0,
});

export function addCounts(total: Counts, more: Counts): Counts {
  const sum = noCounts();
  for (const name of COUNT_NAMES) sum[name] = total[name] + more[name];
  return sum;
}
