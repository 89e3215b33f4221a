import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel';
import type { Bus, BusMessage } from '#messaging';
import { Logger } from '#platform';
import { fakeClock } from '#testing';
import { SocketCounts } from './socket-counts.js';

/** Carries what is published to everybody, at once, while it is connected. */
class Line {
  isUp = true;
  private readonly listeners = new Set<(message: BusMessage) => void>();

  readonly bus: Pick<Bus, 'publish' | 'subscribe' | 'isConnected'> = {
    isConnected: () => this.isUp,
    publish: async (message) => {
      if (this.isUp) for (const listener of this.listeners) listener(message);
    },
    subscribe: async (_subject, listener) => {
      this.listeners.add(listener);
      return async () => void this.listeners.delete(listener);
    },
  };

  say(text: string): void {
    for (const listener of this.listeners) {
      listener({ subject: 'peer.gateway.sockets', payload: Buffer.from(text), headers: {} });
    }
  }
}

const who = newId();
let line: Line;
let clock: ReturnType<typeof fakeClock>;
let one: SocketCounts;
let two: SocketCounts;

async function gateway(): Promise<SocketCounts> {
  const counts = new SocketCounts(line.bus, clock, Logger.create({ service: 'test', level: 'silent', format: 'json' }));
  await counts.start();
  return counts;
}

beforeEach(async () => {
  line = new Line();
  clock = fakeClock();
  [one, two] = [await gateway(), await gateway()];
});
afterEach(() => Promise.all([one.stop(), two.stop()]));

describe('the sockets a person has at other gateways', () => {
  it('are known from the moment they open to the moment they close, each person by himself', () => {
    one.set(who, 3);
    expect([one.elsewhere(who), two.elsewhere(who), two.elsewhere(newId())]).toEqual([0, 3, 0]);
    one.set(who, 2);
    expect(two.elsewhere(who)).toBe(2);
    one.set(who, 0);
    expect(two.elsewhere(who)).toBe(0);
  });

  it('are added up', async () => {
    const three = await gateway();
    one.set(who, 2);
    two.set(who, 1);
    expect([one, two, three].map((gate) => gate.elsewhere(who))).toEqual([1, 2, 3]);
    await three.stop();
  });

  it('are forgotten ten seconds after a gateway fell silent, and not while it beats', () => {
    one.set(who, 5);
    for (let second = 0; second < 60; second += 3) {
      clock.advance(3_000);
      one.beat();
    }
    clock.advance(10_000);
    expect(two.elsewhere(who)).toBe(5);
    clock.advance(1);
    expect(two.elsewhere(who)).toBe(0);
  });

  it('are told by the next beat to a gateway that is new, or missed the news', async () => {
    one.set(who, 4);
    const late = await gateway();
    line.isUp = false;
    one.set(who, 3);
    line.isUp = true;
    expect([late.elsewhere(who), two.elsewhere(who)]).toEqual([0, 4]);
    one.beat();
    expect([late.elsewhere(who), two.elsewhere(who)]).toEqual([3, 3]);
    await late.stop();
  });

  it('are over at once for a gateway that leaves, though it closes them one by one', () => {
    one.set(who, 2);
    one.leave();
    one.set(who, 1);
    one.beat();
    expect(two.elsewhere(who)).toBe(0);
  });

  it('come before those of exactly one of two gateways that let them in at once', () => {
    const heard: string[] = [];
    two.onTold((userId) => heard.push(userId));
    one.set(who, 5);
    two.set(who, 5);
    expect([one.before(who), two.before(who)].sort()).toEqual([0, 5]);
    expect(heard).toEqual([who]);
  });

  it.each(['nonsense', '{}', `{"from":"${newId()}","counts":[{"user_id":"${who}","open":-1}]}`])(
    'are not those of a message that cannot be right: %s',
    (text) => {
      line.say(text);
      expect(one.elsewhere(who)).toBe(0);
    },
  );
});
