import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonical, type ChainLink, firstBrokenLink } from './chain.js';

function chainOf(length: number): ChainLink[] {
  const links: ChainLink[] = [];
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const facts = {
      id: `id-${sequence}`,
      userId: 'u',
      actorId: 'u',
      action: 'session.signed-in',
      address: '10.0.0.1',
      userAgent: null,
      detail: { b: 1, a: { d: [1, { z: 1, y: 2 }], c: null } },
      occurredAt: new Date(Date.UTC(2026, 10, 20) + sequence),
    };
    const previous = links.at(-1)?.hash ?? Buffer.alloc(0);
    links.push({ ...facts, sequence, hash: createHash('sha256').update(previous).update(canonical(facts)).digest() });
  }
  return links;
}

describe('audit chain', () => {
  it('is whole when nothing was touched, also when jsonb returns members in another order', () => {
    const links = chainOf(4);
    expect(firstBrokenLink(links)).toBeUndefined();
    const reordered = links.map((link) => ({ ...link, detail: { a: { c: null, d: [1, { y: 2, z: 1 }] }, b: 1 } }));
    expect(firstBrokenLink(reordered)).toBeUndefined();
    expect(firstBrokenLink([])).toBeUndefined();
  });

  it.each([
    ['address', { address: '10.0.0.2' }],
    ['action', { action: 'password.changed' }],
    ['detail', { detail: { b: 2 } }],
    ['time', { occurredAt: new Date(0) }],
    ['actor', { actorId: 'somebody else' }],
  ])('names the row whose %s was changed', (_what, change) => {
    const links = chainOf(4).map((link) => (link.sequence === 3 ? { ...link, ...change } : link));
    expect(firstBrokenLink(links)).toBe(3);
  });

  it('names the place of a removed row', () => {
    expect(firstBrokenLink(chainOf(4).filter(({ sequence }) => sequence !== 2))).toBe(2);
  });
});
