import { createHash } from 'node:crypto';
import type { ImportedPosting } from '#contracts';

/** A posting and where in which file it begins. */
export interface PlacedPosting {
  file: string;
  line: number;
  posting: ImportedPosting;
}

/** What one request carries: postings of one source, so that its counts are that source's. */
export interface Chunk {
  source: string;
  items: PlacedPosting[];
  body: string;
  /** The same for the same postings, so that a repetition after a lost answer is recognised. */
  idempotencyKey: string;
}

export interface ChunkLimits {
  /** Size of a request body; the gateway takes 1 MB. */
  maxBytes: number;
  /** Postings of a request; the contract takes 1,000. */
  maxItems: number;
  /** Text held back for all sources together: a file with thousands of sources must not fill the memory. */
  maxHeldBytes: number;
}

export const CHUNK_LIMITS: ChunkLimits = { maxBytes: 900_000, maxItems: 1_000, maxHeldBytes: 16_000_000 };
/** `{"postings":[` and `]}`. */
const FRAME_BYTES = 16;

interface Pending {
  items: PlacedPosting[];
  texts: string[];
  bytes: number;
}

/** Collects postings by source and hands out requests as they fill up. */
export class Chunker {
  private readonly pending = new Map<string, Pending>();
  private held = 0;

  constructor(private readonly limits: ChunkLimits = CHUNK_LIMITS) {}

  /** Requests that are full now; mostly none. A posting that fits into no request is refused with words. */
  add(item: PlacedPosting): Chunk[] | string {
    const text = JSON.stringify(item.posting);
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes + FRAME_BYTES > this.limits.maxBytes) return `larger than ${this.limits.maxBytes} bytes`;
    const ready: Chunk[] = [];
    const { source } = item.posting;
    const open = this.pending.get(source);
    if (open !== undefined && open.bytes + bytes > this.limits.maxBytes) ready.push(this.take(source, open));
    const target = this.pending.get(source) ?? { items: [], texts: [], bytes: FRAME_BYTES };
    this.pending.set(source, target);
    target.items.push(item);
    target.texts.push(text);
    target.bytes += bytes;
    this.held += bytes;
    if (target.items.length >= this.limits.maxItems) ready.push(this.take(source, target));
    if (this.held > this.limits.maxHeldBytes) ready.push(...this.takeLargest());
    return ready;
  }

  /** What is left at the end. */
  rest(): Chunk[] {
    return [...this.pending].map(([source, open]) => this.take(source, open));
  }

  private takeLargest(): Chunk[] {
    const [largest] = [...this.pending].sort(([, a], [, b]) => b.bytes - a.bytes);
    return largest === undefined ? [] : [this.take(...largest)];
  }

  private take(source: string, { items, texts, bytes }: Pending): Chunk {
    this.pending.delete(source);
    this.held -= bytes - FRAME_BYTES;
    const body = `{"postings":[${texts.join(',')}]}`;
    return { source, items, body, idempotencyKey: `import-${createHash('sha256').update(body).digest('hex')}` };
  }
}
