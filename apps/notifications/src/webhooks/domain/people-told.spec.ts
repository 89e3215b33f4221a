import { describe, expect, it } from '@jest/globals';
import {
  ApplicationStatusChangedV1,
  ConnectionAcceptedV1,
  ConnectionRequestedV1,
  MessageSentV1,
  PERSON_MEMBERS,
  READERS,
  WEBHOOK_EVENTS,
} from '#contracts';
import { peopleToldOf } from './people-told.js';

const toldOf = (type: string): readonly string[] =>
  WEBHOOK_EVENTS.find(({ contract }) => contract.type === type)?.told ?? [];

describe('events for webhooks', () => {
  it.each(WEBHOOK_EVENTS.map((event) => [event.contract.type, event] as const))(
    '%s names whom it is told to, as the erasure of people knows it',
    (_type, { contract, told }) => {
      expect(peopleToldOf(contract.sample, told)).toHaveLength(told.length);
      expect(told.length).toBeGreaterThan(0);
      for (const member of told) expect(PERSON_MEMBERS).toContain(member);
    },
  );

  it('are each listed once, of services the reader may read', () => {
    const types = WEBHOOK_EVENTS.map(({ contract }) => contract.type);
    expect(new Set(types).size).toBe(types.length);
    const reads = READERS.find(({ reader, feature }) => `${reader}-${feature}` === 'notifications-webhooks')?.reads;
    expect(new Set(WEBHOOK_EVENTS.map(({ contract }) => contract.service))).toEqual(new Set(reads));
  });

  it('go to the one who is written to or asked, and of two who are connected to both', () => {
    const message = MessageSentV1.sample;
    expect(peopleToldOf(message, toldOf(MessageSentV1.type))).toEqual([message.receiver_id]);
    const request = ConnectionRequestedV1.sample;
    expect(peopleToldOf(request, toldOf(ConnectionRequestedV1.type))).toEqual([request.receiver_id]);
    const accepted = ConnectionAcceptedV1.sample;
    expect(peopleToldOf(accepted, toldOf(ConnectionAcceptedV1.type))).toEqual([
      accepted.requester_id,
      accepted.receiver_id,
    ]);
  });

  it('go to nobody where the data is none, and to one person once', () => {
    expect(peopleToldOf(null, ['user_id'])).toEqual([]);
    expect(peopleToldOf({ user_id: 7 }, ['user_id'])).toEqual([]);
    const { user_id } = ApplicationStatusChangedV1.sample;
    expect(peopleToldOf({ requester_id: user_id, receiver_id: user_id }, ['requester_id', 'receiver_id'])).toEqual([
      user_id,
    ]);
  });
});
