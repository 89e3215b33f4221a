import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  act,
  type Action,
  ACTIONS,
  legalAnswers,
  mayAskAgainAt,
  type Outcome,
  type Pair,
  seenBy,
  STRANGERS,
} from './pair.js';

const DAY = 86_400_000;
const COOL_DOWN = 30 * DAY;
const start = new Date('2026-11-20T10:00:00Z');
const at = (days: number) => new Date(start.getTime() + days * DAY);

type Step = [who: 'ada' | 'ben', action: Action, day?: number];
function walk(...steps: Step[]): { pair: Pair; last: Outcome } {
  let pair = STRANGERS;
  let last: Outcome = { kind: 'unseen' };
  for (const [who, action, day = 0] of steps) {
    last = act(pair, who, action, at(day), COOL_DOWN);
    if (last.kind === 'done') pair = last.pair;
  }
  return { pair, last };
}

describe('two people', () => {
  it('ask, are asked and agree', () => {
    expect(walk(['ada', 'ask']).last).toMatchObject({ kind: 'done', told: 'requested', pair: { status: 'pending' } });
    expect(walk(['ada', 'ask'], ['ben', 'accept']).last).toMatchObject({
      told: 'accepted',
      pair: { requester: 'ada' },
    });
    expect(walk(['ada', 'ask'], ['ben', 'ask']).last).toMatchObject({ told: 'accepted', pair: { requester: 'ada' } });
  });

  it.each<[string, Step[], Outcome['kind']]>([
    [
      'ask twice',
      [
        ['ada', 'ask'],
        ['ada', 'ask'],
      ],
      'exists',
    ],
    [
      'ask when connected',
      [
        ['ada', 'ask'],
        ['ben', 'accept'],
        ['ben', 'ask'],
      ],
      'exists',
    ],
    [
      'accept what they asked themselves',
      [
        ['ada', 'ask'],
        ['ada', 'accept'],
      ],
      'illegal',
    ],
    [
      'reject what they asked themselves',
      [
        ['ada', 'ask'],
        ['ada', 'reject'],
      ],
      'illegal',
    ],
    ['accept what nobody asked', [['ada', 'accept']], 'unseen'],
    ['remove what is not there', [['ada', 'remove']], 'unseen'],
    [
      'reject a connection',
      [
        ['ada', 'ask'],
        ['ben', 'accept'],
        ['ben', 'reject'],
      ],
      'illegal',
    ],
    [
      'accept what they rejected',
      [
        ['ada', 'ask'],
        ['ben', 'reject'],
        ['ben', 'accept'],
      ],
      'illegal',
    ],
    [
      'ask again the day after',
      [
        ['ada', 'ask'],
        ['ben', 'reject'],
        ['ada', 'ask', 1],
      ],
      'too-early',
    ],
    [
      'dismiss and ask again',
      [
        ['ada', 'ask'],
        ['ben', 'reject'],
        ['ada', 'remove'],
        ['ada', 'ask', 1],
      ],
      'too-early',
    ],
    [
      'are sent away and ask again',
      [
        ['ada', 'ask'],
        ['ben', 'remove'],
        ['ada', 'ask', 1],
      ],
      'too-early',
    ],
    [
      'block and unblock to ask again',
      [
        ['ada', 'ask'],
        ['ben', 'reject'],
        ['ada', 'block'],
        ['ada', 'remove'],
        ['ada', 'ask', 1],
      ],
      'too-early',
    ],
    [
      'ask somebody they block',
      [
        ['ada', 'block'],
        ['ada', 'ask'],
      ],
      'illegal',
    ],
    [
      'ask somebody who blocks them',
      [
        ['ada', 'block'],
        ['ben', 'ask'],
      ],
      'unseen',
    ],
    [
      'block somebody who blocks them',
      [
        ['ada', 'block'],
        ['ben', 'block'],
      ],
      'unseen',
    ],
    [
      'unblock themselves',
      [
        ['ada', 'block'],
        ['ben', 'remove'],
      ],
      'unseen',
    ],
    [
      'accept after being blocked',
      [
        ['ada', 'ask'],
        ['ada', 'block'],
        ['ben', 'accept'],
      ],
      'unseen',
    ],
  ])('cannot %s', (_what, steps, kind) => {
    expect(walk(...steps).last.kind).toBe(kind);
  });

  it.each<[string, Step[], Pair['status']]>([
    [
      'ask again when the time is over',
      [
        ['ada', 'ask'],
        ['ben', 'reject'],
        ['ada', 'ask', 30],
      ],
      'pending',
    ],
    [
      'ask whom they rejected, at once',
      [
        ['ada', 'ask'],
        ['ben', 'reject'],
        ['ben', 'ask'],
      ],
      'pending',
    ],
    [
      'take a request away and ask again',
      [
        ['ada', 'ask'],
        ['ada', 'remove'],
        ['ada', 'ask'],
      ],
      'pending',
    ],
    [
      'part, and ask again',
      [
        ['ada', 'ask'],
        ['ben', 'accept'],
        ['ada', 'remove'],
        ['ben', 'ask'],
      ],
      'pending',
    ],
    [
      'unblock, which makes strangers',
      [
        ['ada', 'ask'],
        ['ben', 'accept'],
        ['ben', 'block'],
        ['ben', 'remove'],
      ],
      'none',
    ],
    [
      'repeat an answer',
      [
        ['ada', 'ask'],
        ['ben', 'accept'],
        ['ben', 'accept'],
      ],
      'accepted',
    ],
  ])('can %s', (_what, steps, status) => {
    expect(walk(...steps)).toMatchObject({ pair: { status }, last: { kind: 'done' } });
  });

  it('hear when they may ask again, and what they may answer', () => {
    const { pair } = walk(['ada', 'ask'], ['ben', 'reject']);
    expect(mayAskAgainAt(pair, 'ada', COOL_DOWN)).toEqual(at(30));
    expect(mayAskAgainAt(pair, 'ben', COOL_DOWN)).toBeNull();
    const { pair: pending } = walk(['ada', 'ask']);
    expect(legalAnswers(pending, 'ben')).toEqual(['accepted', 'rejected', 'blocked']);
    expect(legalAnswers(pending, 'ada')).toEqual(['blocked']);
  });

  const steps = fc.array(fc.tuple(fc.constantFrom('ada', 'ben'), fc.constantFrom(...ACTIONS), fc.nat(100)), {
    maxLength: 40,
  });

  it('never are connected unless both wanted it since they last parted', () => {
    fc.assert(
      fc.property(steps, (story) => {
        let pair = STRANGERS;
        let wanted = new Set<string>();
        for (const [who, action, day] of story) {
          const outcome = act(pair, who, action, at(day), COOL_DOWN);
          if (outcome.kind !== 'done') continue;
          if (action === 'ask' || action === 'accept') wanted.add(who);
          else wanted = new Set();
          pair = outcome.pair;
          if (pair.status === 'accepted') expect([...wanted].sort()).toEqual(['ada', 'ben']);
        }
      }),
    );
  });

  it('who are blocked see and can do nothing, whatever was before, and what they try changes nothing', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(...ACTIONS), (story, attempt) => {
        const { pair } = walk(...story, ['ada', 'remove'], ['ada', 'block']);
        if (pair.blockedBy !== 'ada') return;
        expect(seenBy(pair, 'ben')).toBe('none');
        expect(seenBy(pair, 'ada')).toBe('blocked');
        expect(act(pair, 'ben', attempt, at(1000), 0)).toEqual({ kind: 'unseen' });
      }),
    );
  });

  it('once rejected are not asked by that person before the time is over, whatever he does', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ACTIONS), { maxLength: 20 }), (tries) => {
        let { pair } = walk(['ada', 'ask'], ['ben', 'reject']);
        for (const action of tries) {
          const outcome = act(pair, 'ada', action, at(29), COOL_DOWN);
          if (outcome.kind === 'done') pair = outcome.pair;
          expect(['pending', 'accepted']).not.toContain(pair.status);
        }
      }),
    );
  });
});
