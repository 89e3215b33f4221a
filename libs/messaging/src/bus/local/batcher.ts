interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Puts what arrives while a statement runs into the next one: alone a call waits for nobody, under load a statement
 * serves many. Resolves when the statement that carried the item has committed.
 */
export class Batcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private running: Promise<void> | undefined;

  /** `run` answers one result per item, in order. A batch ends at `most` items or when `weigh` adds up to `heaviest`. */
  constructor(
    private readonly run: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly limits: { most: number; heaviest: number; weigh: (item: Item) => number },
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.running ??= this.loop();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async loop(): Promise<void> {
    // A turn of the event loop: calls made together travel together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.sizeOfNext());
      try {
        const results = await this.run(batch.map(({ item }) => item));
        for (const [index, { resolve, reject }] of batch.entries()) {
          const result = results[index];
          if (result === undefined) reject(new Error('a batch answered fewer results than it had items'));
          else resolve(result);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.running = undefined;
  }

  private sizeOfNext(): number {
    let weight = 0;
    let count = 0;
    for (const { item } of this.waiting) {
      weight += this.limits.weigh(item);
      if (count >= this.limits.most || (count > 0 && weight > this.limits.heaviest)) break;
      count += 1;
    }
    return count;
  }
}
