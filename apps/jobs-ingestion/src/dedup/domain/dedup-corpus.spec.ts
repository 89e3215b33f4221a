import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { describeWithCorpus } from '#testing';
import { canonicalUrl } from '../../normalise/domain/canonical-url.js';
import { compare } from './compare.js';
import { blockingKeysOf, profileOf, type DedupFacts } from './profile.js';

interface PairSide {
  source: string;
  source_id: string | null;
  title: string;
  company: string;
  location: string | null;
  description: string | null;
  url: string | null;
}
interface LabelledPair {
  pair_id: string;
  label: 'duplicate' | 'different';
  a: PairSide;
  b: PairSide;
}

/** As with the visa sentences: seen while the rules were written, so a guard, not an estimate. */
describeWithCorpus('labelled pairs of real postings', (corpus) => {
  const pairs = readFileSync(join(corpus, 'dedup/pairs.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LabelledPair);

  const factsOf = (pair: LabelledPair, side: 'a' | 'b'): DedupFacts => ({
    source: pair[side].source,
    sourceId: pair[side].source_id ?? `${pair.pair_id}${side}`,
    title: pair[side].title,
    company: pair[side].company,
    locationText: pair[side].location,
    statedCountry: null,
    canonicalUrls: [canonicalUrl(pair[side].url)].filter((url) => url !== null),
    descriptionText: pair[side].description ?? '',
  });
  const merged = pairs.filter((pair) => compare(factsOf(pair, 'a'), factsOf(pair, 'b')).verdict === 'duplicate');

  it('never merges two openings', () => {
    expect(merged.filter(({ label }) => label === 'different').map(({ pair_id }) => pair_id)).toEqual([]);
  });

  it('finds at least 90 of 100 duplicates', () => {
    const duplicates = pairs.filter(({ label }) => label === 'duplicate');
    expect(merged.length / duplicates.length).toBeGreaterThanOrEqual(0.9);
  });

  it('would have looked at nearly every pair it merges, by the indexed keys alone', () => {
    const keysOf = (facts: DedupFacts): string[] => {
      const profile = profileOf(facts);
      return [...blockingKeysOf(profile), profile.fingerprint, ...facts.canonicalUrls];
    };
    const met = merged.filter((pair) => {
      const right = new Set(keysOf(factsOf(pair, 'b')));
      return keysOf(factsOf(pair, 'a')).some((key) => right.has(key));
    });
    expect(met.length / merged.length).toBeGreaterThanOrEqual(0.95);
  });
});
