import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CHAIN_BEGIN, type ChainExpectations, type ChainLink, examineChain, keyedDigest } from './chain.js';

const key = Buffer.alloc(32, 7);
const end: ChainExpectations = { begin: CHAIN_BEGIN, unkeyedThrough: 0, isEnd: true };

function append(links: readonly ChainLink[], change: Partial<ChainLink> = {}, withKey = key): ChainLink[] {
  const sequence = links.length + 1;
  const facts = {
    id: `id-${sequence}`,
    userId: 'u',
    actorId: 'u',
    action: 'session.signed-in',
    address: '10.0.0.1',
    userAgent: null,
    detail: { b: 1, a: { d: [1, { z: 1, y: 2 }], c: null } },
    occurredAt: new Date(Date.UTC(2026, 10, 20) + sequence),
    ...change,
  };
  const previous = links.at(-1)?.hash ?? Buffer.alloc(0);
  const hash = createHash('sha256').update(previous).update(keyedDigest(withKey, facts)).digest();
  return [...links, { version: 2, ...facts, sequence, hash }];
}

function chainOf(length: number): ChainLink[] {
  let links: ChainLink[] = [];
  while (links.length < length) links = append(links);
  return links;
}

const sealedAt = (links: readonly ChainLink[], sequence: number): ChainExpectations => {
  const sealed = links[sequence - 1];
  if (sealed === undefined) throw new Error('no such row');
  return { ...end, sealed };
};

describe('audit chain', () => {
  it('is whole when nothing was touched, also when jsonb returns members in another order', () => {
    const links = chainOf(4);
    expect(examineChain(key, links, sealedAt(links, 4))).toEqual([]);
    const reordered = links.map((link) => ({ ...link, detail: { a: { c: null, d: [1, { y: 2, z: 1 }] }, b: 1 } }));
    expect(examineChain(key, reordered, end)).toEqual([]);
    expect(examineChain(key, [], end)).toEqual([]);
  });

  it('is whole where it was cut', () => {
    const links = chainOf(4);
    const [, second] = links;
    if (second === undefined) throw new Error('no such row');
    expect(examineChain(key, links.slice(2), { ...sealedAt(links, 3), begin: second })).toEqual([]);
    expect(examineChain(key, links.slice(3), { ...sealedAt(links, 3), begin: second })).toEqual([
      { problem: 'missing', sequence: 3, through: 3 },
    ]);
  });

  it.each([
    ['address', { address: '10.0.0.2' }],
    ['action', { action: 'password.changed' }],
    ['detail', { detail: { b: 2 } }],
    ['time', { occurredAt: new Date(0) }],
    ['actor', { actorId: 'somebody else' }],
  ])('names the row whose %s was changed', (_what, change) => {
    const links = chainOf(4).map((link) => (link.sequence === 3 ? { ...link, ...change } : link));
    expect(examineChain(key, links, end)).toEqual([{ problem: 'changed', sequence: 3, id: 'id-3' }]);
  });

  it('names the last row when it was changed after it was sealed', () => {
    const links = chainOf(3);
    const changed = links.map((link) => (link.sequence === 3 ? { ...link, address: 'x' } : link));
    expect(examineChain(key, changed, sealedAt(links, 3))).toEqual([{ problem: 'changed', sequence: 3, id: 'id-3' }]);
  });

  it.each([
    ['first', 1],
    ['middle', 2],
  ])('names the place of the %s row when it was removed', (_which, gone) => {
    const links = chainOf(4).filter(({ sequence }) => sequence !== gone);
    expect(examineChain(key, links, end)).toEqual([{ problem: 'missing', sequence: gone, through: gone }]);
  });

  it('names the rows that were cut off at the end, as far as it was sealed', () => {
    const links = chainOf(5);
    expect(examineChain(key, links.slice(0, 2), sealedAt(links, 4))).toEqual([
      { problem: 'missing', sequence: 3, through: 4 },
    ]);
  });

  it('names a row somebody added who has no key, at the end and in between', () => {
    const forged = append(chainOf(2), { id: 'forged' }, Buffer.alloc(32, 8));
    expect(examineChain(key, forged, end)).toEqual([{ problem: 'added', sequence: 3, id: 'forged' }]);
    const [first, ...rest] = chainOf(3);
    const [, , planted] = forged;
    if (first === undefined || planted === undefined) throw new Error('no such row');
    const shifted = rest.map((link) => ({ ...link, sequence: link.sequence + 1 }));
    expect(examineChain(key, [first, { ...planted, sequence: 2 }, ...shifted], end)).toEqual([
      { problem: 'added', sequence: 2, id: 'forged' },
    ]);
  });

  it('does not believe a row that says it is from before there was a key, beyond where such rows were', () => {
    const [one, two] = chainOf(2);
    if (one === undefined || two === undefined) throw new Error('no such row');
    // What the version before hashed: the bytes of the row themselves.
    const text = JSON.stringify(['old', 'u', 'u', 'session.signed-in', null, null, {}, '2026-11-20T00:00:00.000Z']);
    const old: ChainLink = {
      id: 'old',
      userId: 'u',
      actorId: 'u',
      action: 'session.signed-in',
      address: null,
      userAgent: null,
      detail: {},
      occurredAt: new Date('2026-11-20T00:00:00Z'),
      version: 1,
      sequence: 3,
      hash: createHash('sha256').update(two.hash).update(text).digest(),
    };
    expect(examineChain(key, [one, two, old], { ...end, unkeyedThrough: 3 })).toEqual([]);
    expect(examineChain(key, [one, two, old], { ...end, unkeyedThrough: 2 })).toEqual([
      { problem: 'added', sequence: 3, id: 'old' },
    ]);
  });

  it('that was written anew with the key does not hold with the seal', () => {
    const links = chainOf(3);
    const anew = append(append(links.slice(0, 1), { address: 'other' }), {});
    expect(examineChain(key, anew, end)).toEqual([]);
    expect(examineChain(key, anew, sealedAt(links, 3))).toEqual([{ problem: 'changed', sequence: 3, id: 'id-3' }]);
  });
});
