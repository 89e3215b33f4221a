import { describe, expect, it } from '@jest/globals';
import { ApiKeyEndAnnouncedV1 } from '#contracts';
import { keyEndOccasion } from './key-occasion.js';

const { sample } = ApiKeyEndAnnouncedV1;

describe('what people are told about a key that ends', () => {
  it('is which one and when', () => {
    const occasion = keyEndOccasion(sample);
    expect(occasion).toMatchObject({ userId: sample.user_id, type: 'api_key_ending' });
    expect(occasion.data).toEqual({ key_id: sample.key_id, expires_at: sample.expires_at });
    expect(occasion.message).toContain('2026-11-27 (UTC)');
  });

  it('is told once for each key', () => {
    expect(keyEndOccasion({ ...sample, expires_at: '2027-01-01T00:00:00.000Z' }).key).toBe(keyEndOccasion(sample).key);
    expect(keyEndOccasion({ ...sample, key_id: sample.user_id }).key).not.toBe(keyEndOccasion(sample).key);
  });
});
