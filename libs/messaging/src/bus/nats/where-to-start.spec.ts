import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { noteOfDurable, noteOfStream, readDurableNote, readStreamNote } from './rewind-note.js';
import { whereToStart } from './where-to-start.js';

const position = fc.integer({ min: 0, max: 5_000 });
const generation = fc.integer({ min: 0, max: 3 });
const durable = fc
  .record({ delivered: position, ackFloor: position, generation })
  .map((one) => ({ ...one, ackFloor: Math.min(one.ackFloor, one.delivered) }));
const stream = fc.record({
  last: position,
  rewind: fc.record({ generation, from: fc.integer({ min: 1, max: 5_000 }) }),
});

describe('where a durable starts again', () => {
  it('leaves a durable alone that is not ahead and has followed the last rewind', () => {
    fc.assert(
      fc.property(durable, stream, (one, where) => {
        fc.pre(one.delivered <= where.last && one.generation === where.rewind.generation);
        expect(whereToStart(one, where)).toBeUndefined();
      }),
    );
  });

  it('leaves a durable alone that has not come to where the others go back to', () => {
    const where = { last: 100, rewind: { generation: 1, from: 51 } };
    expect(whereToStart({ delivered: 50, ackFloor: 40, generation: 0 }, where)).toBeUndefined();
    expect(whereToStart({ delivered: 51, ackFloor: 51, generation: 0 }, where)).toBe(51);
  });

  it('never starts above what was not settled, nor above where it is sent back to, nor below the first position', () => {
    fc.assert(
      fc.property(durable, stream, (one, where) => {
        const start = whereToStart(one, where);
        if (start === undefined) return;
        expect(start).toBeGreaterThanOrEqual(1);
        expect(start).toBeLessThanOrEqual(one.ackFloor + 1);
        if (one.generation !== where.rewind.generation && one.delivered >= where.rewind.from)
          expect(start).toBeLessThanOrEqual(where.rewind.from);
        if (one.delivered > where.last) expect(start).toBeLessThanOrEqual(Math.max(1, where.last));
      }),
    );
  });
});

describe('the notes', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        const rewind = { generation: one, from: other };
        expect(readStreamNote(noteOfStream(rewind))).toEqual(rewind);
        expect(readDurableNote(noteOfDurable(one))).toBe(one);
      }),
    );
  });

  it('are of generation 0 where there is none, or where somebody wrote something else', () => {
    for (const text of [undefined, '', 'events of identity', 'generation', 'readers go back to 5']) {
      expect(readStreamNote(text)).toEqual({ generation: 0, from: 1 });
      expect(readDurableNote(text)).toBe(0);
    }
  });
});
