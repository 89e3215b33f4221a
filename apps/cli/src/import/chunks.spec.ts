import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ImportedPosting } from '#contracts';
import { type Chunk, Chunker, type PlacedPosting } from './chunks.js';

const posting = (source: string, id: string, description = ''): ImportedPosting => ({
  source,
  source_id: id,
  title: 'Baker',
  company: 'Northwind',
  description,
});
const LIMITS = { maxBytes: 2_000, maxItems: 5, maxHeldBytes: 6_000 };

function chunksOf(items: readonly PlacedPosting[]): { chunks: Chunk[]; refused: string[] } {
  const chunker = new Chunker(LIMITS);
  const chunks: Chunk[] = [];
  const refused: string[] = [];
  for (const item of items) {
    const ready = chunker.add(item);
    if (typeof ready === 'string') refused.push(ready);
    else chunks.push(...ready);
  }
  return { chunks: [...chunks, ...chunker.rest()], refused };
}

describe('Chunker', () => {
  const anyPosting = fc.record({
    source: fc.constantFrom('a', 'b', 'c'),
    id: fc.uuid(),
    text: fc.string({ unit: 'grapheme', maxLength: 700 }),
  });

  it('sends every posting exactly once, in requests of one source within all limits', () => {
    fc.assert(
      fc.property(fc.array(anyPosting, { maxLength: 60 }), (given) => {
        const items = given.map(({ source, id, text }, line) => ({
          file: 'f',
          line,
          posting: posting(source, id, text),
        }));
        const { chunks, refused } = chunksOf(items);
        const sent = chunks.flatMap((chunk) => chunk.items.map(({ line }) => line));
        expect(new Set(sent).size).toBe(sent.length);
        expect(sent.length + refused.length).toBe(items.length);
        for (const chunk of chunks) {
          expect(Buffer.byteLength(chunk.body)).toBeLessThanOrEqual(LIMITS.maxBytes);
          expect(chunk.items.length).toBeLessThanOrEqual(LIMITS.maxItems);
          expect(new Set(chunk.items.map((item) => item.posting.source))).toEqual(new Set([chunk.source]));
          expect(JSON.parse(chunk.body)).toEqual({ postings: chunk.items.map((item) => item.posting) });
        }
      }),
    );
  });

  it('refuses a posting that fits into no request, and keeps the others', () => {
    const items = ['x', 'y'.repeat(3_000), 'z'].map((text, line) => ({
      file: 'f',
      line,
      posting: posting('a', String(line), text),
    }));
    const { chunks, refused } = chunksOf(items);
    expect(refused).toEqual(['larger than 2000 bytes']);
    expect(chunks.flatMap((chunk) => chunk.items.map(({ line }) => line))).toEqual([0, 2]);
  });

  it('does not hold back more than its share, however many sources a file has', () => {
    const chunker = new Chunker(LIMITS);
    let held = 0;
    for (let index = 0; index < 500; index++) {
      const ready = chunker.add({ file: 'f', line: index, posting: posting(`source-${index}`, 'x', 'text') });
      if (typeof ready === 'string') throw new Error(ready);
      held += 1 - ready.reduce((sum, chunk) => sum + chunk.items.length, 0);
      expect(held * 100).toBeLessThan(LIMITS.maxHeldBytes + 1_000);
    }
  });

  it('gives the same postings the same key and others another', () => {
    const keyOf = (id: string): string | undefined =>
      chunksOf([{ file: 'f', line: 1, posting: posting('a', id) }]).chunks[0]?.idempotencyKey;
    expect(keyOf('1')).toBe(keyOf('1'));
    expect(keyOf('1')).not.toBe(keyOf('2'));
    expect(keyOf('1')).toMatch(/^[\x21-\x7e]{1,200}$/);
  });
});
