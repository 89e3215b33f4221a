import { describe, expect, it } from '@jest/globals';
import { webhookOccasion } from './webhook-occasion.js';

const webhook = { id: 'w1', user_id: 'u1', url: 'https://hooks.example:8443/s3cret-path?token=s3cret' };
const at = new Date('2026-11-20T10:00:00Z');

describe('what people are told about a webhook that was switched off', () => {
  it('names its host and why, and nothing of its address that may be a secret', () => {
    const occasion = webhookOccasion(webhook, 'gone', at);
    expect(occasion).toMatchObject({ userId: 'u1', data: { webhook_id: 'w1', reason: 'gone' } });
    expect(occasion.title).toContain('hooks.example:8443');
    expect(occasion.message).toContain('410');
    expect(JSON.stringify(occasion)).not.toContain('s3cret');
  });

  it('is told once each time it happens', () => {
    expect(webhookOccasion(webhook, 'failing', at).key).toBe(webhookOccasion(webhook, 'failing', at).key);
    expect(webhookOccasion(webhook, 'failing', new Date(at.getTime() + 1)).key).not.toBe(
      webhookOccasion(webhook, 'failing', at).key,
    );
  });
});
