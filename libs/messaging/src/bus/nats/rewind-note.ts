import type { Rewind } from '../bus.port.js';

/**
 * The rewind stands in the description of the stream, and each durable says in its own which one it has followed:
 * both live where the positions live, so a copy of the store that goes back takes them back along. (`metadata` would
 * be the place for it; servers before 2.10 have none.)
 */
const OF_STREAM = /^readers go back to (\d+), generation (\d+)$/;
const OF_DURABLE = /^generation (\d+)$/;

export const noteOfStream = ({ generation, from }: Rewind): string =>
  `readers go back to ${from}, generation ${generation}`;

export const noteOfDurable = (generation: number): string => `generation ${generation}`;

export function readStreamNote(description: string | undefined): Rewind {
  const [, from, generation] = OF_STREAM.exec(description ?? '') ?? [];
  return { from: Number(from ?? 1), generation: Number(generation ?? 0) };
}

export const readDurableNote = (description: string | undefined): number =>
  Number(OF_DURABLE.exec(description ?? '')?.[1] ?? 0);
