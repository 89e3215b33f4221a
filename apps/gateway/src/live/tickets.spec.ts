import { describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import { Logger } from '#platform';
import { fakeClock } from '#testing';
import { Tickets } from './tickets.js';

const owner = { userId: newId(), sessionId: newId(), issuedAt: 0 };

function tickets() {
  const clock = fakeClock();
  const nobody = () => Promise.reject(new Error('no other gateway is asked'));
  const bus = { request: nobody, respond: nobody };
  return {
    clock,
    tickets: new Tickets(bus, clock, Logger.create({ service: 'test', level: 'silent', format: 'json' })),
  };
}

describe('a ticket for the live socket', () => {
  it('is good for 30 seconds and no longer', async () => {
    const { clock, tickets: door } = tickets();
    const [early, late] = [door.issue(owner), door.issue(owner)];
    clock.advance(29_999);
    expect(await door.redeem(early)).toEqual(owner);
    clock.advance(1);
    expect(await door.redeem(late)).toBeUndefined();
  });

  it('is good for one of all who come with it', async () => {
    const { tickets: door } = tickets();
    const ticket = door.issue(owner);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => door.redeem(ticket)));
    expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual([owner]);
  });

  it('cannot be guessed from others: each has 192 bits of its own', () => {
    const { tickets: door } = tickets();
    const secrets = new Set(Array.from({ length: 1000 }, () => door.issue(owner).split('.')[1]));
    expect(secrets.size).toBe(1000);
    for (const secret of secrets) expect(Buffer.from(secret ?? '', 'base64url')).toHaveLength(24);
  });
});
