import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { enrich, type NormalisedPosting } from '../../normalise/index.js';
import { toPosting } from '../../sources/index.js';
import { type IncomingPosting, type KnownSighting, planBatch } from './plan-batch.js';

const posting = (source: string, sourceId: string, changes: Partial<NormalisedPosting> = {}): IncomingPosting => {
  const made = toPosting(
    {
      sourceId,
      title: `Engineer ${sourceId}`,
      company: `Company ${sourceId}`,
      description: 'Short.',
      applyUrl: `https://x.example/${sourceId}`,
      raw: null,
    },
    { source, attribution: null, now: new Date('2026-11-20T10:00:00Z') },
  );
  if ('reason' in made) throw new Error(made.reason);
  return { posting: enrich({ ...made, ...changes }), contentHash: `hash of ${sourceId}` };
};
const known = (source: string, sourceId: string, changes: Partial<KnownSighting> = {}): KnownSighting => ({
  source,
  sourceId,
  postingId: `posting of ${sourceId}`,
  contentHash: `hash of ${sourceId}`,
  isFirst: true,
  lastRunId: null,
  ...changes,
});
const ids = () => {
  let next = 0;
  return () => `new ${(next += 1)}`;
};

describe('planBatch', () => {
  it('tells seen, changed and new apart by what the source calls it', () => {
    const plan = planBatch(
      [posting('a', '1'), posting('a', '2'), posting('a', '3'), posting('b', '1', { company: 'Other Inc' })],
      [known('a', '1'), known('a', '2', { contentHash: 'other' })],
      [],
      ids(),
    );
    expect(plan.unchanged.map(({ incoming }) => incoming.posting.sourceId)).toEqual(['1']);
    expect(plan.changed.map(({ incoming }) => incoming.posting.sourceId)).toEqual(['2']);
    expect(plan.created.map(({ incoming }) => `${incoming.posting.source}${incoming.posting.sourceId}`)).toEqual([
      'a3',
      'b1',
    ]);
  });

  it('takes an item that stands on the page twice once', () => {
    const plan = planBatch([posting('a', '1'), posting('a', '1')], [], [], ids());
    expect(plan.created).toHaveLength(1);
    expect(plan.repeated).toHaveLength(1);
  });

  it('joins a posting with one that the same batch made', () => {
    const plan = planBatch(
      [posting('a', '1'), posting('b', '9', { ...posting('a', '1').posting, source: 'b', sourceId: '9' })],
      [],
      [],
      ids(),
    );
    expect(plan.duplicates).toMatchObject([{ postingId: 'new 1', layer: 'url' }]);
  });

  it('does not compare what shares no key', () => {
    const stored = posting('a', '1').posting;
    const candidate = {
      id: 'stored',
      fingerprint: 'another',
      blocks: [],
      canonicalUrls: [],
      profile: () => stored.dedup,
    };
    expect(planBatch([posting('b', '2')], [], [candidate], ids()).created).toHaveLength(1);
  });

  it('puts every item into exactly one list', () => {
    const item = fc.record({ source: fc.constantFrom('a', 'b'), id: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 15 }), fc.array(item, { maxLength: 6 }), (page, before) => {
        const batch = page.map(({ source, id }) => posting(source, String(id)));
        const plan = planBatch(
          batch,
          before.map(({ source, id }) => known(source, String(id))),
          [],
          ids(),
        );
        const all = [plan.unchanged, plan.changed, plan.duplicates, plan.created, plan.repeated].map(
          (list) => list.length,
        );
        expect(all.reduce((sum, length) => sum + length, 0)).toBe(batch.length);
        const distinct = new Set(page.map(({ source, id }) => `${source}${id}`)).size;
        expect(plan.repeated).toHaveLength(batch.length - distinct);
      }),
      { numRuns: 60 },
    );
  });
});
