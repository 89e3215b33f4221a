import { describe, expect, it } from '@jest/globals';
import { type Counts, engagementScore, rate, segmentOf, toFunnel, toSummary } from './summary.js';

const nothing: Counts = {
  viewed: 0,
  viewed_or_applied: 0,
  viewed_week: 0,
  viewed_month: 0,
  searches: 0,
  bookmarks: 0,
  letters: 0,
  applied: 0,
  applied_week: 0,
  applied_month: 0,
  interviewed: 0,
  interviewed_week: 0,
  interviewed_month: 0,
  offered: 0,
  accepted: 0,
  response_days: null,
};
const now = new Date('2026-11-20T10:00:00.000Z');

describe('the analytics summary', () => {
  it('says null, not zero, where there is nothing to divide by', () => {
    const summary = toSummary(nothing, now);
    expect(summary.conversion_rates).toEqual({
      view_to_application: null,
      application_to_interview: null,
      interview_to_offer: null,
    });
    expect(summary.average_response_time_days).toBeNull();
    expect(toFunnel(nothing, now).funnel.viewed).toEqual({ count: 0, conversion: null });
  });

  it('rounds rates to one decimal', () => {
    expect(rate(25, 150)).toBe(16.7);
    expect(rate(0, 3)).toBe(0);
  });

  it('scores 100 from a week of 14 applications on, and never more', () => {
    expect(engagementScore(0, 14)).toBe(100);
    expect(engagementScore(1000, 1000)).toBe(100);
    expect(engagementScore(7, 0)).toBe(5);
  });

  it('sorts people by the applications of 30 days', () => {
    expect([10, 9, 5, 4, 1, 0].map(segmentOf)).toEqual([
      'highly_active',
      'moderately_active',
      'moderately_active',
      'low_activity',
      'low_activity',
      'inactive',
    ]);
  });

  it('relates each stage of the funnel to the one before', () => {
    const counts = { ...nothing, viewed_or_applied: 150, applied: 25, interviewed: 5, offered: 1, accepted: 1 };
    expect(toFunnel(counts, now).funnel).toEqual({
      viewed: { count: 150, conversion: 100 },
      applied: { count: 25, conversion: 16.7 },
      interviewed: { count: 5, conversion: 20 },
      offered: { count: 1, conversion: 20 },
      accepted: { count: 1, conversion: 100 },
    });
  });
});
