/** A window is counted in this many parts; a hit counts for the window and at most one part longer. */
const PARTS = 12;

/**
 * Hits of one key in the running window. A part counts until it lies wholly outside the window, so there are never
 * more than `limit` admitted hits in any stretch of `windowMs`; the price is up to a twelfth of it in patience.
 */
export class SlidingWindow {
  private readonly partMs: number;
  /** Ring of the parts that can still count: the present one, PARTS before it. */
  private readonly counts = new Uint32Array(PARTS + 1);
  private newest: number;
  /** Sum of `counts`, so that a request need not add them up. */
  private total = 0;

  constructor(windowMs: number, nowMs: number) {
    this.partMs = windowMs / PARTS;
    this.newest = this.partAt(nowMs);
  }

  used(nowMs: number): number {
    this.advance(nowMs);
    return this.total;
  }

  add(nowMs: number, hits: number): void {
    this.advance(nowMs);
    this.counts[this.slot(this.newest)] = this.countOf(this.newest) + hits;
    this.total += hits;
  }

  /** Milliseconds until `need` of the hits no longer count. */
  freeIn(nowMs: number, need: number): number {
    this.advance(nowMs);
    let freed = 0;
    for (let part = this.newest - PARTS; part <= this.newest; part += 1) {
      freed += this.countOf(part);
      if (freed >= need) return Math.max(0, (part + PARTS + 1) * this.partMs - nowMs);
    }
    return 0;
  }

  private advance(nowMs: number): void {
    const now = this.partAt(nowMs);
    const steps = Math.min(now - this.newest, PARTS + 1);
    for (let step = 1; step <= steps; step += 1) {
      const part = now - steps + step;
      this.total -= this.countOf(part);
      this.counts[this.slot(part)] = 0;
    }
    this.newest = Math.max(now, this.newest);
  }

  private partAt(nowMs: number): number {
    return Math.floor(nowMs / this.partMs);
  }

  private countOf(part: number): number {
    return this.counts[this.slot(part)] ?? 0;
  }

  /** Parts before the origin of the clock are negative. */
  private slot(part: number): number {
    return ((part % (PARTS + 1)) + (PARTS + 1)) % (PARTS + 1);
  }
}
