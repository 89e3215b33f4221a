import { describe, expect, it } from '@jest/globals';
import { outcomeOfPages } from './outcome-of-pages.js';

const ok = { kind: 'ok' } as const;
const same = { kind: 'unchanged' } as const;
const refused = { kind: 'blocked', reason: 'the site answered 403', until: new Date('2026-11-20T11:00:00Z') } as const;
const broken = { kind: 'failed', reason: 'the answer is not JSON' } as const;

describe('outcomeOfPages', () => {
  it('is ok when pages came, also with none of them holding a job', () => {
    expect(outcomeOfPages([ok, same])).toEqual({ outcome: 'ok', error: null, blockedUntil: null });
    expect(outcomeOfPages([])).toMatchObject({ outcome: 'ok' });
  });

  it('is unchanged when every page is the one we know', () => {
    expect(outcomeOfPages([same, same])).toMatchObject({ outcome: 'unchanged', error: null });
  });

  it('does not call a refusal empty', () => {
    expect(outcomeOfPages([refused])).toMatchObject({
      outcome: 'blocked',
      error: refused.reason,
      blockedUntil: refused.until,
    });
    expect(outcomeOfPages([broken, refused])).toMatchObject({ outcome: 'blocked' });
    expect(outcomeOfPages([broken])).toMatchObject({ outcome: 'failed', blockedUntil: null });
  });

  it('keeps the trouble of some boards beside the success of others', () => {
    expect(outcomeOfPages([ok, broken, refused])).toEqual({
      outcome: 'ok',
      error: `${broken.reason} (and 1 more)`,
      blockedUntil: refused.until,
    });
  });
});
