import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { APPLICATION_STATUSES } from '#contracts';
import { AppError } from '#kernel';
import { assertTransition, isOpen, legalTransitions, readStatus } from './application-status.js';

const status = fc.constantFrom(...APPLICATION_STATUSES);

describe('application status', () => {
  it('allows exactly the moves it lists', () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        const allowed = legalTransitions(from).includes(to);
        if (allowed) expect(() => assertTransition(from, to)).not.toThrow();
        else expect(() => assertTransition(from, to)).toThrow(AppError);
      }),
    );
  });

  it('can be rejected or withdrawn from every open status', () => {
    for (const from of APPLICATION_STATUSES.filter(isOpen)) {
      expect(legalTransitions(from)).toEqual(expect.arrayContaining(['rejected', 'withdrawn']));
    }
  });

  it('names the legal moves when a move is refused', () => {
    expect(() => assertTransition('saved', 'accepted')).toThrow(/applied, rejected, withdrawn/);
    expect(() => assertTransition('accepted', 'applied')).toThrow(/reopen/);
  });

  it('never moves to where it already is', () => {
    fc.assert(fc.property(status, (same) => !legalTransitions(same).includes(same)));
  });

  it('keeps an earlier system’s "reviewing" as applied, with a note', () => {
    expect(readStatus('reviewing')).toEqual({ status: 'applied', note: 'The employer is reviewing the application.' });
    expect(readStatus('interview').status).toBe('interviewing');
  });
});
