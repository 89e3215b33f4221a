import { describe, expect, it } from '@jest/globals';
import { publishedKeys, rotationIsDue, signerOf } from './key-schedule.js';

const DAY = 86_400_000;
const now = Date.UTC(2026, 10, 20);
const key = (kid: string, activatesAt: number, retiresAt: number | null = null) => ({ kid, activatesAt, retiresAt });

describe('key schedule', () => {
  it('signs with the youngest active key, not with one that is only published yet', () => {
    const keys = [key('old', now - DAY, now + DAY), key('current', now - 1), key('coming', now + 1)];
    expect(signerOf(keys, now)?.kid).toBe('current');
    expect(signerOf(keys, now + 1)?.kid).toBe('coming');
  });

  it('never signs with a retired key', () => {
    expect(signerOf([key('retired', now - DAY, now)], now)).toBeUndefined();
  });

  it('publishes coming, current and old keys, and drops an old one when its last token has ended', () => {
    const keys = [key('old', now - DAY, now + 1), key('current', now), key('coming', now + 5)];
    expect(publishedKeys(keys, now).map(({ kid }) => kid)).toEqual(['old', 'current', 'coming']);
    expect(publishedKeys(keys, now + 1).map(({ kid }) => kid)).toEqual(['current', 'coming']);
  });

  it('asks for a new key when there is none, or the current one is too old and no successor waits', () => {
    expect(rotationIsDue([], 30 * DAY, now)).toBe(true);
    expect(rotationIsDue([key('a', now - 29 * DAY)], 30 * DAY, now)).toBe(false);
    expect(rotationIsDue([key('a', now - 30 * DAY)], 30 * DAY, now)).toBe(true);
    expect(rotationIsDue([key('a', now - 30 * DAY), key('b', now + 1)], 30 * DAY, now)).toBe(false);
  });
});
