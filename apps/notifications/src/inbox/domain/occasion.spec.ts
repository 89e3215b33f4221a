import { describe, expect, it } from '@jest/globals';
import { APPLICATION_STATUSES, ApplicationStatusChangedV1, MatchFoundV1 } from '#contracts';
import { matchOccasion, statusOccasion } from './occasion.js';

describe('what people are told', () => {
  it('names job, company and score of a match', () => {
    const occasion = matchOccasion(MatchFoundV1.sample);
    expect(occasion.message).toBe(
      'Northwind GmbH is looking for "Backend Engineer". It fits your profile with 88 of 100 points.',
    );
    expect(occasion.data).toEqual({ job_id: MatchFoundV1.sample.posting_id, match_score: 87.5 });
  });

  it('tells the same match once and two changes of one application twice', () => {
    expect(matchOccasion(MatchFoundV1.sample).key).toBe(matchOccasion({ ...MatchFoundV1.sample, score: 60 }).key);
    const change = ApplicationStatusChangedV1.sample;
    expect(statusOccasion(change).key).not.toBe(statusOccasion({ ...change, sequence: 3 }).key);
  });

  it('has one finished sentence for every status', () => {
    for (const to of APPLICATION_STATUSES) {
      expect(statusOccasion({ ...ApplicationStatusChangedV1.sample, to }).message).toMatch(/[^.!][.!]$/);
    }
  });
});
