import type { Tx } from '#persistence';

/** What the declaration of a service's tables cannot say about erasing a person. Provide it where there is such. */
export abstract class UserDataHooks {
  /**
   * In the transaction of the erasure, before any row of the person goes: for what others must hear of, or what a
   * table alone does not say. Repeated with the erasure.
   */
  beforeErasure(_tx: Tx, _userId: string): Promise<void> {
    return Promise.resolve();
  }

  /** After the commit, for caches and timers; on this replica only, so what it does must reach the others by itself. */
  afterErasure(_userId: string): void {
    // Most services keep nothing outside their tables.
  }
}
