/** What of a service is not in its tables: caches, timers. Provide it where there is something to forget. */
export abstract class UserDataHooks {
  /** After the commit; on this replica only, so what it does must reach the others by itself. */
  abstract afterErasure(userId: string): void;
}
