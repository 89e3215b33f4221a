import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Grant, isConfirmed, speakerOf, type Voice } from './confirmation.js';

const park: Grant = { company_key: 'parkwerk', domain: null };
const narrow: Grant = { company_key: 'parkwerk', domain: 'park.example' };
const said = (url: string | null = null, companyKey = 'parkwerk') => ({ companyKey, url });

describe('an employer is confirmed', () => {
  it('for the company that was granted, and for no other', () => {
    expect(isConfirmed([park], said(), null)).toBe(true);
    expect(isConfirmed([park], said(null, 'parkwerk ost'), null)).toBe(false);
    expect(isConfirmed([], said(), null)).toBe(false);
  });

  it('over a source only where that names a company of his, too', () => {
    expect(isConfirmed([park], said(), 'parkwerk')).toBe(true);
    expect(isConfirmed([park], said(), 'blumen')).toBe(false);
    expect(isConfirmed([park, { company_key: 'blumen', domain: null }], said(), 'blumen')).toBe(true);
  });

  it.each([
    [null, true],
    ['https://park.example/jobs/1', true],
    ['https://jobs.park.example:8443/1', true],
    ['http://PARK.example./1', true],
    ['https://notpark.example/1', false],
    ['https://park.example.evil.example/1', false],
    ['https://evil.example/park.example', false],
    ['https://park.example@evil.example/', false],
    ['https://example/', false],
    ['nowhere', false],
  ])('with a domain where people are sent there or below: %s is %s', (url, confirmed) => {
    expect(isConfirmed([narrow], said(url), null)).toBe(confirmed);
  });

  it('by an address never: without the company no address helps', () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        expect(isConfirmed([narrow, park], said(url, 'blumen'), null)).toBe(false);
      }),
    );
  });
});

describe('who speaks for an opening', () => {
  const voice = fc.record({ confirmed: fc.boolean(), isOver: fc.boolean() });
  const voices = fc
    .array(voice, { maxLength: 5 })
    .map((list): Voice[] => list.map((one, index) => ({ ...one, id: String(index), speaks: false })));

  it('is nobody who is not confirmed, where a source has words for it', () => {
    fc.assert(
      fc.property(voices, fc.nat(), (list, at) => {
        const standing = list.map((one, index) => ({ ...one, speaks: index === at % (list.length + 1) }));
        const speaker = speakerOf(standing, true);
        expect(speaker?.confirmed ?? true).toBe(true);
        // And where somebody could, it is not the source.
        if (speaker === null) expect(standing.some(({ confirmed, isOver }) => confirmed && !isOver)).toBe(false);
      }),
    );
  });

  it('is whoever has the words, where there are no others', () => {
    const alone: Voice = { id: '1', confirmed: false, speaks: true, isOver: true };
    expect(speakerOf([alone], false)).toBe(alone);
  });

  it('does not hang on the order in which companies were granted and taken', () => {
    const step = fc.record({ who: fc.nat({ max: 3 }), confirmed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let now: Voice[] = ['a', 'b', 'c', 'd'].map((id) => ({ id, confirmed: false, speaks: false, isOver: false }));
        for (const { who, confirmed } of steps) {
          const told = now.map((one, index) => (index === who ? { ...one, confirmed } : one));
          const speaker = speakerOf(told, true);
          now = told.map((one) => ({ ...one, speaks: one.id === speaker?.id }));
        }
        const atOnce = speakerOf(now.map((one) => ({ ...one, speaks: false })).toReversed(), true);
        expect(now.find(({ speaks }) => speaks)?.id).toBe(atOnce?.id);
      }),
    );
  });
});
