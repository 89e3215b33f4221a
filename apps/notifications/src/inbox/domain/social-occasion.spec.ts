import { describe, expect, it } from '@jest/globals';
import { ConnectionAcceptedV1, ConnectionRequestedV1, MessageSentV1 } from '#contracts';
import { acceptedOccasion, messageOccasion, requestOccasion } from './social-occasion.js';

const at = '2026-11-20T10:15:00.000Z';

describe('what people are told about each other', () => {
  it('goes to the one it is about, never to the one who did it', () => {
    const { requester_id, receiver_id } = ConnectionRequestedV1.sample;
    expect(requestOccasion(ConnectionRequestedV1.sample, at).userId).toBe(receiver_id);
    const accepted = ConnectionAcceptedV1.sample;
    expect(acceptedOccasion({ ...accepted, accepted_by: receiver_id }, at).userId).toBe(requester_id);
    expect(acceptedOccasion({ ...accepted, accepted_by: requester_id }, at).userId).toBe(receiver_id);
    expect(messageOccasion(MessageSentV1.sample, at).userId).toBe(MessageSentV1.sample.receiver_id);
  });

  it('tells a conversation once an hour, and a request once a day', () => {
    const another = { ...MessageSentV1.sample, message_id: '01935b7e-6f1a-7c3e-9d1c-3f0a5b7c9dff' };
    const { key } = messageOccasion(MessageSentV1.sample, at);
    expect(messageOccasion(another, '2026-11-20T10:59:59.000Z').key).toBe(key);
    expect(messageOccasion(another, '2026-11-20T11:00:00.000Z').key).not.toBe(key);
    expect(messageOccasion({ ...another, sender_id: another.receiver_id }, at).key).not.toBe(key);
    const request = ConnectionRequestedV1.sample;
    expect(requestOccasion(request, '2026-11-20T23:00:00Z').key).toBe(requestOccasion(request, at).key);
    expect(requestOccasion(request, '2026-11-21T00:00:00Z').key).not.toBe(requestOccasion(request, at).key);
  });
});
